{{/* What the pods have in common. Arguments where there are any: a dict of root, and part or the role at Kafka and user of ClickHouse. */}}

{{- define "rp.name" -}}
{{- .root.Release.Name }}-{{ .part }}
{{- end }}

{{- define "rp.selector" -}}
app.kubernetes.io/name: reform-pulse
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "rp.labels" -}}
{{ include "rp.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "rp.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "rp.clickhouse" -}}
{{ .root.Values.clickhouse.url | replace "://" (printf "://reform_pulse_%s@" .user) }}
{{- end }}

{{- define "rp.env" -}}
{{- range $name, $value := .root.Values.settings }}
- name: REFORM_PULSE_{{ $name | upper }}
  {{- if and (kindIs "float64" $value) (eq (floor $value) $value) }}{{ $value = int64 $value }}{{ end }}
  value: {{ $value | toString | quote }}
{{- end }}
- name: REFORM_PULSE_CLICKHOUSE
  value: {{ include "rp.clickhouse" . | quote }}
- name: REFORM_PULSE_SECRETS
  value: /run/secrets/reform-pulse
{{- if .root.Values.kafkaAccess.enabled }}
- name: REFORM_PULSE_KAFKA_SECURITY
  value: SASL_SSL
- name: REFORM_PULSE_KAFKA_USER
  value: {{ .role }}
- name: REFORM_PULSE_KAFKA_CA
  value: /run/secrets/reform-pulse/kafka-ca.crt
{{- end }}
{{- end }}

{{- define "rp.pod" -}}
serviceAccountName: {{ .Release.Name }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "rp.container" -}}
image: {{ include "rp.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "rp.placement" -}}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "rp.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "rp.selector" . | nindent 8 }}
{{- end }}

{{- define "rp.mounts" -}}
- {name: tmp, mountPath: /tmp}
- {name: secrets, mountPath: /run/secrets/reform-pulse, readOnly: true}
{{- end }}

{{- define "rp.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      - secret: {name: {{ .root.Values.secretName }}}
      - secret:
          name: {{ .root.Values.clickhouse.passwordsSecretName }}
          items: [{key: {{ .user }}, path: reform_pulse_clickhouse_password}]
      {{- with .root.Values.kafkaAccess }}
      {{- if .enabled }}
      - secret: {name: {{ $.role }}, items: [{key: password, path: reform_pulse_kafka_password}]}
      - secret: {name: {{ .caSecretName }}, items: [{key: ca.crt, path: kafka-ca.crt}]}
      {{- end }}
      {{- end }}
{{- end }}

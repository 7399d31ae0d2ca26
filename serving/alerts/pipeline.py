"""Alerts on what feeds the numbers: silence is not zero, and a number that is not kept up is no number."""

from serving.alerts.rule import Alert, Group, Severity

BUSY = 40
"""Dossiers in 28 days from which on an agency without any event in a working day is remarkable."""
REFUSED = "sum by (source, reason) (reform_pulse_events_refused_total{})"
GROWN = "sum by (source, reason) (increase(reform_pulse_events_refused_total[{}]))"
# A counter that is new has no increase yet, however high it stands: hence the second line.
RISING = f"""\
(
  {GROWN.format("30m")} > 10
  or ({REFUSED.format("")} unless {REFUSED.format(" offset 30m")}) > 10
)
unless {GROWN.format("30m")} < 3 / 48 * {GROWN.format("1d")}"""


def pipeline_alerts() -> Group:
    """All of them, for the operators; the silence of an agency is also its own business."""
    return Group("reform_pulse_pipeline_alerts", (*_silence(), *_worker(), *_verified()))


def _silence() -> tuple[Alert, ...]:
    heard = "max by ({0}) (max_over_time(reform_pulse_{0}_last_event_time{1}[14d]))"
    source, agency = "{{ $labels.source }}", "{{ $labels.agency }}"
    ago = "{{ $value | humanizeDuration }}"
    return (
        Alert(
            "SourceSilent",
            f"time() - {heard.format('source', '{source!~`other|unknown`}')} > 2 * 3600\n"
            "and on () min_over_time(reform_pulse:working[2h]) == 1",
            "5m",
            Severity.CRITICAL,
            f"Hệ thống nguồn {source} im lặng trong giờ làm việc",
            f"Không nhận được sự kiện nào từ {source} trong {ago}, kể cả hai giờ làm việc vừa qua. "
            "Số liệu của nguồn này đang thiếu, không phải bằng 0.",
            f"Nothing from {source} for {ago}, of which two working hours. "
            "Its numbers are missing, not zero.",
            team="technical",
        ),
        Alert(
            "AgencySilent",
            f"time() - {heard.format('agency', '{agency!~`other|unknown`}')} > 86400\n"
            'and on (agency) sum by (agency) (reform_pulse_measure{measure="dossiers_received",window="28d"})'
            f" >= {BUSY}\n"
            "and on () avg_over_time(reform_pulse:working[24h]) > 0.32",
            "5m",
            Severity.WARNING,
            f"Cơ quan {agency} không có dữ liệu trong cả một ngày làm việc",
            f"Không có sự kiện nào của cơ quan {agency} trong {ago}, gồm đủ tám giờ làm việc; "
            "bình thường cơ quan này có hồ sơ mỗi ngày. "
            "Kiểm tra kết nối trước khi kết luận là không có hồ sơ.",
            f"No event of {agency} for {ago}, of which eight working hours, though it is busy as a rule.",
        ),
    )


def _worker() -> tuple[Alert, ...]:
    age = "time() - max by (instance) (reform_pulse_last_checkpoint_time)"
    many = "{{ $value | printf `%.0f` }}"
    return (
        Alert(
            "DeadLettersRising",
            RISING,
            "5m",
            Severity.WARNING,
            "Nhiều sự kiện bị từ chối từ {{ $labels.source }}",
            f"{many} sự kiện của {{{{ $labels.source }}}} bị từ chối trong 30 phút qua, "
            "lý do {{ $labels.reason }}. Các sự kiện này chưa được tính vào số liệu.",
            f"{many} events of {{{{ $labels.source }}}} refused in 30 minutes ({{{{ $labels.reason }}}}); "
            "they are in the dead letters and not in the numbers.",
            team="technical",
        ),
        Alert(
            "WorkerNotProgressing",
            f"{age} > 300\nand on (instance) sum by (instance) (reform_pulse_lag) > 0",
            "2m",
            Severity.CRITICAL,
            "Worker {{ $labels.instance }} không xử lý được sự kiện",
            "Còn sự kiện chờ nhưng worker {{ $labels.instance }} không ghi được điểm lưu nào trong "
            "{{ $value | humanizeDuration }}. Số liệu đang chậm.",
            "There is lag, but {{ $labels.instance }} has not committed a checkpoint for "
            "{{ $value | humanizeDuration }}.",
            team="technical",
        ),
        Alert(
            "NoWorker",
            "absent(reform_pulse_shards > 0)",
            "3m",
            Severity.CRITICAL,
            "Không có worker nào đang chạy",
            "Không có worker nào giữ phân vùng dữ liệu. Số liệu không được cập nhật.",
            "No worker holds any shard. The numbers stand still.",
            team="technical",
        ),
    )


def _verified() -> tuple[Alert, ...]:
    return (
        Alert(
            "CountsNotVerified",
            "time() - max(reform_pulse_verified_time) > 26 * 3600\nor absent(reform_pulse_verified_time)",
            "1h",
            Severity.WARNING,
            "Số liệu chưa được kiểm tra lại trong một ngày",
            "Lệnh reform-pulse verify chưa chạy xong lần nào trong hơn một ngày.",
            "`reform-pulse verify` has not ended for more than a day.",
            team="technical",
        ),
        Alert(
            "CountsDiffer",
            "max(reform_pulse_verify_differences) > 0",
            "1m",
            Severity.CRITICAL,
            "Số liệu lưu khác với số liệu tính lại từ sự kiện gốc",
            "Lần kiểm tra gần nhất thấy {{ $value | printf `%.0f` }} chỗ khác nhau "
            "giữa số liệu lưu và tính lại.",
            "The last verification found {{ $value | printf `%.0f` }} differences.",
            team="technical",
        ),
    )

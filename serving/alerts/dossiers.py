"""Alerts on dossiers as they are now: overdue, due soon, without an apology, not accepted in time."""

from serving.alerts.rule import Alert, Group, Severity

LATE = 'sum by (agency) (reform_pulse_measure{measure="dossiers_ended_late",window="30d"})'
SORRY = 'sum by (agency) (reform_pulse_measure{measure="dossiers_late_apologised",window="30d"})'
WHO = "{{ $labels.agency }}"
MANY = "{{ $value | printf `%.0f` }}"


def dossier_alerts() -> Group:
    """All of them; none needs the catalogue but the names of its measures and stocks."""
    overdue = 'reform_pulse:stock{stock="dossiers_overdue"}'
    return Group(
        "reform_pulse_dossier_alerts",
        (
            Alert(
                "OverdueRising",
                f"{overdue}\n  > 1.2 * avg_over_time({overdue}[7d]) + 3",
                "1h",
                Severity.WARNING,
                f"Hồ sơ quá hạn của {WHO} tăng",
                f"Cơ quan {WHO} đang có {MANY} hồ sơ quá hạn chưa giải quyết, "
                "nhiều hơn hẳn trung bình 7 ngày.",
                f"{WHO} has {MANY} dossiers overdue, clearly more than its average of 7 days.",
            ),
            Alert(
                "DossiersDueSoon",
                'reform_pulse:stock{stock="dossiers_due_24h"} > 0',
                "5m",
                Severity.INFO,
                f"{WHO}: {MANY} hồ sơ đến hạn trong 24 giờ",
                f"Cơ quan {WHO} có {MANY} hồ sơ sẽ đến hạn trả kết quả trong 24 giờ tới.",
                f"{MANY} dossiers of {WHO} fall due within 24 hours.",
            ),
            Alert(
                "LateWithoutApology",
                f"{LATE}\n  - {SORRY}\n  > 0",
                "1d",
                Severity.WARNING,
                f"{WHO}: hồ sơ trễ hạn chưa xin lỗi",
                f"Cơ quan {WHO} có {MANY} hồ sơ trả trễ hạn trong 30 ngày mà chưa có văn bản xin lỗi "
                "(Nghị định 61/2018/NĐ-CP, Nghị định 118/2025/NĐ-CP).",
                f"{MANY} dossiers of {WHO} ended late within 30 days without an apology.",
            ),
            Alert(
                "PortalDossiersOverdue",
                'reform_pulse:stock{stock="dossiers_online_overdue"} > 0',
                "1h",
                Severity.WARNING,
                f"{WHO}: hồ sơ nộp trực tuyến quá hạn chưa giải quyết",
                f"Cơ quan {WHO} có {MANY} hồ sơ nộp trực tuyến qua cổng dịch vụ công "
                "đã quá hạn mà chưa giải quyết.",
                f"{MANY} dossiers of {WHO} sent online by way of the portal are overdue.",
            ),
            Alert(
                "AcceptanceOverdue",
                'reform_pulse:stock{stock="dossiers_unaccepted_overdue"} > 0',
                "30m",
                Severity.WARNING,
                f"{WHO}: hồ sơ trực tuyến chờ tiếp nhận quá hạn",
                f"Cơ quan {WHO} có {MANY} hồ sơ trực tuyến chưa được tiếp nhận hoặc trả lời trong thời hạn.",
                f"{MANY} online dossiers of {WHO} were not accepted or answered in time.",
            ),
        ),
    )

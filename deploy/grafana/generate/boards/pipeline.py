"""The state of the pipeline: events, refusals, lag, checkpoints, silent sources and agencies."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.board import Board
from deploy.grafana.generate.columns import DIMENSIONS
from deploy.grafana.generate.field import Column
from deploy.grafana.generate.frame import dashboard
from deploy.grafana.generate.panels import big_number, chart, grid
from deploy.grafana.generate.query import Sql, promql
from deploy.grafana.generate.sql import AGENCY
from schemas.catalogue import Catalogue

P95 = "histogram_quantile(0.95, sum by (le) (rate({}_bucket[5m])))"
NUMBERS = (
    (
        "Sự kiện mỗi giây",
        "Events folded a second",
        "sum(rate(reform_pulse_events_folded_total[5m]))",
        "ops",
        (),
    ),
    (
        *("Sự kiện bị từ chối, 1 giờ", "Events refused in an hour"),
        *("sum(increase(reform_pulse_events_refused_total[1h]))", "locale", ((None, "green"), (1, "red"))),
    ),
    (
        "Chờ xử lý",
        "Events in Kafka, not durable yet",
        "sum(reform_pulse_lag)",
        "locale",
        ((None, "green"), (1e5, "red")),
    ),
    (
        *("Độ trễ số liệu (p95)", "From Kafka to durable, 95th percentile"),
        *(P95.format("reform_pulse_freshness_seconds"), "s", ((None, "green"), (10, "orange"), (60, "red"))),
    ),
    (
        *("Ghi lỗi, 1 giờ", "Failed writes in an hour"),
        *("sum(increase(reform_pulse_failed_writes_total[1h]))", "locale", ((None, "green"), (1, "orange"))),
    ),
    (
        *("Ô lệch khi kiểm tra lại", "Differences found by the last verify"),
        *("max(reform_pulse_verify_differences)", "locale", ((None, "green"), (1, "red"))),
    ),
)
CHARTS = (
    (
        "Sự kiện theo chủ đề",
        "Events folded a second",
        "sum by (topic) (rate(reform_pulse_events_folded_total[5m]))",
        "{{topic}}",
        "ops",
    ),
    (
        *("Từ chối theo lý do", "Events refused a second"),
        *("sum by (reason) (rate(reform_pulse_events_refused_total[5m]))", "{{reason}}", "ops"),
    ),
    ("Chờ xử lý theo chủ đề", "Lag by topic", "sum by (topic) (reform_pulse_lag)", "{{topic}}", "locale"),
    (
        *("Thời gian ghi (p95)", "Duration of a checkpoint's writes"),
        *(P95.format("reform_pulse_checkpoint_seconds"), "p95", "s"),
    ),
    (
        *("Nguồn im lặng", "Seconds since the last event of a source"),
        *("time() - max by (source) (reform_pulse_source_last_event_time)", "{{source}}", "s"),
    ),
    (
        "Phân mảnh theo worker",
        "Shards that each worker holds",
        "sum by (instance) (reform_pulse_shards)",
        "{{instance}}",
        "none",
    ),
)
SHARDS = (
    "SELECT topic, epoch, `partition`, next_offset, written_at, "
    "dateDiff('second', written_at, now64(3)) AS age FROM progress FINAL ORDER BY topic, epoch, `partition`"
)
SILENT = (
    "SELECT agency, max(hour) AS last_hour, dateDiff('hour', last_hour, now()) AS hours "
    "FROM counts_hourly_current WHERE measure IN ('dossiers_received', 'documents_issued', 'dossiers_ended') "
    f"AND value > 0 AND hour <= now() AND $__timeFilter(hour) AND {AGENCY} "
    "GROUP BY agency ORDER BY hours DESC, agency LIMIT 500"
)


def board(catalogue: Catalogue) -> Dashboard:
    """Make it."""
    made = dashboard(links.PIPELINE, "Tình trạng hệ thống", "Health of the pipeline", "now-24h")
    made_of = Board(made, catalogue)
    made_of.row("Dòng sự kiện")
    for title, description, expression, unit, steps in NUMBERS:
        made_of.add(big_number(Column("", title, unit, 1, steps), [promql(expression)], description))
    for title, description, expression, legend, unit in CHARTS:
        shown = (Column("", title, unit),)
        made_of.add(chart(title, shown, [promql(expression, legend)], description, 8))
    made_of.row("Số liệu đã lưu")
    shards = (
        Column("topic", "Chủ đề"),
        Column("epoch", "Đợt"),
        Column("partition", "Phân mảnh"),
        Column("next_offset", "Vị trí kế tiếp", "locale", 0),
        Column("written_at", "Ghi lúc"),
        Column("age", "Cách đây", "s", 0),
    )
    made_of.add(grid("Vị trí đã lưu", shards, Sql(SHARDS), "Durable offsets by shard", 12))
    silent = (
        DIMENSIONS["agency"],
        Column("last_hour", "Giờ cuối có số liệu"),
        Column("hours", "Số giờ im lặng", "h", 0, ((None, "green"), (24, "orange"), (72, "red"))),
    )
    made_of.add(grid("Cơ quan im lặng", silent, Sql(SILENT), "Agencies by hours since their last event", 12))
    return made

package bench;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The columns that the counts need, and which of them an event type may state. */
enum Column {
    AGENCY, CHANNEL, SERVICE_LEVEL, FEE_DUE, PAID_CHANNEL, RECEIVED_AT, ENDED_AT, DUE_AT, VOIDED;

    static final Column[] ALL = values();

    private static final String PREFIX = "vn.reform.dossier.";
    private static final Set<Column> ANY = EnumSet.allOf(Column.class);
    private static final Map<String, Set<Column>> STATED = Map.of(
            PREFIX + "submitted.v1", EnumSet.of(AGENCY, SERVICE_LEVEL, CHANNEL),
            PREFIX + "received.v1", EnumSet.of(AGENCY, CHANNEL, SERVICE_LEVEL, FEE_DUE, DUE_AT, RECEIVED_AT),
            PREFIX + "supplement_received.v1", EnumSet.of(DUE_AT),
            PREFIX + "extended.v1", EnumSet.of(DUE_AT),
            PREFIX + "fee_paid.v1", EnumSet.of(PAID_CHANNEL),
            PREFIX + "fee_refunded.v1", EnumSet.of(PAID_CHANNEL),
            PREFIX + "ended.v1", EnumSet.of(ENDED_AT),
            PREFIX + "voided.v1", EnumSet.of(VOIDED),
            PREFIX + "corrected.v1", ANY,
            PREFIX + "snapshot.v1", ANY);

    /** Null when the event states nothing that is counted. */
    static Set<Column> statedBy(String type) {
        return STATED.get(type);
    }

    boolean isTime() {
        return this == RECEIVED_AT || this == ENDED_AT || this == DUE_AT;
    }

    String field() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}

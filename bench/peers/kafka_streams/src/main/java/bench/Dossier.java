package bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** The state of a dossier: the last value of each column, with the time of the event that set it. */
final class Dossier {
    private static final int WIDTH = Column.ALL.length;
    private static final int ZONE_SECONDS = 7 * 3600;
    private static final long NO_DAY = Long.MIN_VALUE;

    private final String[] texts = new String[WIDTH];
    private final long[] days = new long[WIDTH];
    private final long[] versions = new long[WIDTH];

    Dossier() {
        java.util.Arrays.fill(days, NO_DAY);
    }

    /** Takes what the event states; whether anything changed. */
    boolean fold(Event event, Set<Column> stated) {
        long version = Instants.seconds(event.time);
        boolean changed = false;
        for (Column column : stated) {
            int number = column.ordinal();
            if (version <= versions[number] || !(event.names(column) || statesItself(event, column))) {
                continue;
            }
            String value = event.names(column) ? event.values[number] : own(event, column);
            if (column.isTime()) {
                days[number] = value == null ? NO_DAY : day(Instants.seconds(value));
            } else {
                texts[number] = value;
            }
            versions[number] = version;
            changed = true;
        }
        return changed;
    }

    private static boolean statesItself(Event event, Column column) {
        return switch (column) {
            case CHANNEL -> event.type.endsWith(".submitted.v1");
            case PAID_CHANNEL -> event.type.endsWith(".fee_refunded.v1");
            case RECEIVED_AT -> event.type.endsWith(".received.v1");
            case ENDED_AT -> event.type.endsWith(".ended.v1");
            case VOIDED -> event.type.endsWith(".voided.v1");
            default -> false;
        };
    }

    private static String own(Event event, Column column) {
        return switch (column) {
            case CHANNEL -> "online";
            case VOIDED -> "true";
            case RECEIVED_AT, ENDED_AT -> event.time;
            default -> null;
        };
    }

    private static long day(long seconds) {
        return Math.floorDiv(seconds + ZONE_SECONDS, 86_400L);
    }

    /** Adds what the dossier counts to the cells, times `sign`. */
    void count(Counts counts, int sign) {
        if ("true".equals(text(Column.VOIDED))) {
            return;
        }
        String agency = text(Column.AGENCY) == null ? "" : text(Column.AGENCY);
        long received = days[Column.RECEIVED_AT.ordinal()];
        if (received != NO_DAY) {
            boolean online = "online".equals(text(Column.CHANNEL));
            boolean full = online && "full".equals(text(Column.SERVICE_LEVEL));
            String paid = text(Column.PAID_CHANNEL);
            boolean paidOnline =
                    "true".equals(text(Column.FEE_DUE)) && ("portal".equals(paid) || "gateway".equals(paid));
            counts.add(agency, received, sign, true, online, full, paidOnline, false, false);
        }
        long ended = days[Column.ENDED_AT.ordinal()];
        if (ended != NO_DAY) {
            long due = days[Column.DUE_AT.ordinal()];
            counts.add(agency, ended, sign, false, false, false, false, true, due == NO_DAY || ended <= due);
        }
    }

    private String text(Column column) {
        return texts[column.ordinal()];
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(160);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (int number = 0; number < WIDTH; number++) {
                out.writeLong(versions[number]);
                if (versions[number] == 0) {
                    continue;
                }
                if (Column.ALL[number].isTime()) {
                    out.writeLong(days[number]);
                } else {
                    out.writeUTF(texts[number] == null ? "" : texts[number]);
                }
            }
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return bytes.toByteArray();
    }

    static Dossier fromBytes(byte[] bytes) {
        Dossier dossier = new Dossier();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            for (int number = 0; number < WIDTH; number++) {
                dossier.versions[number] = in.readLong();
                if (dossier.versions[number] == 0) {
                    continue;
                }
                if (Column.ALL[number].isTime()) {
                    dossier.days[number] = in.readLong();
                } else {
                    dossier.texts[number] = in.readUTF();
                }
            }
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return dossier;
    }
}

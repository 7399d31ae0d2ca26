package bench;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** Counts by agency and day, and which changed since they were last written. One stream thread uses them. */
final class Counts {
    record Cell(String agency, long day) {}

    private static final int MEASURES = 6;

    private final Map<Cell, long[]> cells = new HashMap<>();
    private final Set<Cell> changed = new HashSet<>();

    void add(String agency, long day, int sign, boolean... counted) {
        Cell cell = new Cell(agency, day);
        long[] values = cells.computeIfAbsent(cell, missing -> new long[MEASURES]);
        for (int number = 0; number < MEASURES; number++) {
            if (counted[number]) {
                values[number] += sign;
            }
        }
        changed.add(cell);
    }

    /** The changed cells as tab-separated rows: agency, day, counts, version; none of them is changed then. */
    String takeChanged(long version) {
        StringBuilder rows = new StringBuilder();
        for (Cell cell : changed) {
            rows.append(cell.agency()).append('\t').append(cell.day());
            for (long value : cells.get(cell)) {
                rows.append('\t').append(value);
            }
            rows.append('\t').append(version).append('\n');
        }
        changed.clear();
        return rows.toString();
    }

    /** All cells as JSON rows. */
    String toJson() {
        StringJoiner rows = new StringJoiner(",", "[", "]");
        cells.forEach((cell, values) -> {
            StringJoiner row = new StringJoiner(",", "[", "]");
            row.add('"' + cell.agency() + '"').add(Long.toString(cell.day()));
            boolean any = false;
            for (long value : values) {
                row.add(Long.toString(value));
                any |= value != 0;
            }
            if (any) {
                rows.add(row.toString());
            }
        });
        return rows.toString();
    }
}

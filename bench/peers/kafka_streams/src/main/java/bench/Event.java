package bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A CloudEvent, read by Jackson's streaming parser; of the data only what the counts need. */
final class Event {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Map<String, Column> FIELDS = new HashMap<>();

    static {
        for (Column column : Column.ALL) {
            FIELDS.put(column.field(), column);
        }
    }

    String subject;
    String type;
    String time;
    final String[] values = new String[Column.ALL.length];
    int named;

    static Event read(byte[] record) throws IOException {
        Event event = new Event();
        try (JsonParser parser = FACTORY.createParser(record)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "subject" -> event.subject = parser.getText();
                    case "type" -> event.type = parser.getText();
                    case "time" -> event.time = parser.getText();
                    case "data" -> event.readData(parser);
                    default -> parser.skipChildren();
                }
            }
        }
        return event;
    }

    private void readData(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            Column column = FIELDS.get(parser.currentName());
            JsonToken token = parser.nextToken();
            if (column == null) {
                parser.skipChildren();
            } else {
                values[column.ordinal()] = token == JsonToken.VALUE_NULL ? null : parser.getText();
                named |= 1 << column.ordinal();
            }
        }
    }

    boolean names(Column column) {
        return (named >> column.ordinal() & 1) != 0;
    }
}

package bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** Tells the harness of the first and the last event, and writes changed counts every second. */
final class Run {
    private static final long WRITE_NANOS = 1_000_000_000L;
    private static final int LOOK = 1_000;

    final Counts counts = new Counts();
    final CountDownLatch last = new CountDownLatch(1);

    private final long events;
    private final String clickhouse;
    private final HttpClient client = HttpClient.newHttpClient();
    private long taken;
    private long written = System.nanoTime();
    private boolean begun;

    /** clickhouse: URL of a server, null when nothing is written. */
    Run(long events, String clickhouse) {
        this.events = events;
        this.clickhouse = clickhouse;
    }

    void begin() {
        if (!begun) {
            begun = true;
            System.out.println("first");
        }
    }

    void took() {
        taken++;
        if (taken == events) {
            last.countDown();
        } else if (taken % LOOK == 0 && System.nanoTime() - written >= WRITE_NANOS) {
            write();
        }
    }

    void write() {
        String rows = clickhouse == null ? "" : counts.takeChanged(taken);
        if (!rows.isEmpty()) {
            send("INSERT INTO counts FORMAT TabSeparated", rows);
        }
        written = System.nanoTime();
    }

    private void send(String statement, String body) {
        String query = URLEncoder.encode(statement, StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(clickhouse + "/?query=" + query))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
        } catch (IOException | InterruptedException error) {
            throw new IllegalStateException(error);
        }
    }
}

package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Lets the state of a dossier take each event, and moves its contribution from old cells to new ones. */
final class Follow implements Processor<byte[], byte[], Void, Void> {
    static final String STORE = "dossiers";

    private final Run run;
    private KeyValueStore<String, Dossier> dossiers;

    Follow(Run run) {
        this.run = run;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        dossiers = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        run.begin();
        try {
            Event event = Event.read(record.value());
            Set<Column> stated = Column.statedBy(event.type);
            if (stated != null) {
                follow(event, stated);
            }
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        run.took();
    }

    private void follow(Event event, Set<Column> stated) {
        Dossier dossier = dossiers.get(event.subject);
        boolean known = dossier != null;
        Dossier now = known ? dossier : new Dossier();
        if (known) {
            now.count(run.counts, -1);
        }
        if (now.fold(event, stated)) {
            dossiers.put(event.subject, now);
        }
        now.count(run.counts, 1);
    }
}

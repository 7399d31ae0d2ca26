package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Kafka Streams, Processor API: one stream thread, a store of dossiers, counts in memory.
 *
 * <p>With --recovery the store is RocksDB with a changelog topic (the defaults), and counts would be made
 * again from it after a crash; without, it is in memory and unlogged. Counts need no repartition topic: each
 * is a sum over tasks, as in our own design.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> options = options(arguments);
        boolean recovery = options.containsKey("recovery");
        Path folder = Path.of(options.get("folder"));
        Run run = new Run(
                Long.parseLong(options.get("events")),
                options.containsKey("writes") ? System.getenv("BENCH_CLICKHOUSE") : null);
        Topology topology = new Topology()
                .addSource("events", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(),
                        options.get("topic"))
                .addProcessor("follow", () -> new Follow(run), "events")
                .addStateStore(store(recovery), "follow");
        KafkaStreams streams = new KafkaStreams(topology, settings(options, folder));
        streams.start();
        run.last.await();
        streams.close(Duration.ofSeconds(60));
        run.write();
        System.out.println("done");
        System.in.read();
        Files.writeString(folder.resolve("counts.json"), run.counts.toJson());
        System.exit(0);
    }

    private static StoreBuilder<KeyValueStore<String, Dossier>> store(boolean recovery) {
        Serde<Dossier> serde = Serdes.serdeFrom(
                (topic, dossier) -> dossier == null ? null : dossier.toBytes(),
                (topic, bytes) -> bytes == null ? null : Dossier.fromBytes(bytes));
        var supplier = recovery
                ? Stores.persistentKeyValueStore(Follow.STORE)
                : Stores.inMemoryKeyValueStore(Follow.STORE);
        var builder = Stores.keyValueStoreBuilder(supplier, Serdes.String(), serde);
        return recovery
                ? builder.withCachingEnabled().withLoggingEnabled(Map.of())
                : builder.withLoggingDisabled();
    }

    private static Properties settings(Map<String, String> options, Path folder) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, options.get("group"));
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, options.get("kafka"));
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("streams").toString());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10_000);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 4_000_000);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 100_000);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 50);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 50);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 262_144);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        return settings;
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int at = 0; at < arguments.length; at++) {
            boolean last = at + 1 == arguments.length;
            boolean flag = last || arguments[at + 1].startsWith("--");
            options.put(arguments[at].substring(2), flag ? "" : arguments[++at]);
        }
        return options;
    }
}

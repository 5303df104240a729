package dev.foretoken.batch.kafka;

import dev.foretoken.batch.flight.Aside;
import dev.foretoken.batch.flight.FlightLimit;
import dev.foretoken.batch.flight.PrefixOrder;
import dev.foretoken.batch.flight.Waited;
import dev.foretoken.batch.kafka.SharedRecord.Place;
import dev.foretoken.batch.kafka.SharedRecord.Progress;
import dev.foretoken.batch.record.ReadRecord;
import dev.foretoken.batch.record.RecordReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * A worker's membership in a share group. Each turn answers what ended, acknowledges it, and renews the locks of the rest, which the group then lends
 * on: so there is room for others beside a request that takes long. One thread.
 */
final class ShareSession implements Membership {

    private static final Duration IDLE = Duration.ofMillis(100);

    /** In which requests end before the locks of those that go on are renewed; well below the shortest lock, of 15 s by default. */
    private static final long TURN_NANOS = Duration.ofMillis(500).toNanos();

    /** A record that was answered and is not lent on by then is another worker's. */
    private static final long GONE_NANOS = Duration.ofMinutes(2).toNanos();

    private final BatchConfig config;
    private final RecordReader reader;
    private final RunContext context;
    private final LongSupplier nanoTime;
    private final Admin admin;
    private final Pulse pulse;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaShareConsumer<byte[], byte[]> consumer;
    private final Flights flights;
    private final Substitutes substitutes;
    private final Map<Place, SharedRecord> taken = new HashMap<>();
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();

    static ShareSession open(BatchConfig config, WorkerParts parts, Waited waited) {
        KafkaClients clients = new KafkaClients(config);
        Admin admin = clients.admin();
        try {
            new TopicSetup(admin, config).prepare();
            beginWithTheFirst(admin, config.group());
            Aside aside = new Aside(config.limits().aside(), waited, parts.nanoTime());
            return new ShareSession(config, parts, aside, clients, admin);
        } catch (RuntimeException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    /** A new share group begins at the end of a topic unless it is told otherwise. */
    private static void beginWithTheFirst(Admin admin, String group) {
        ConfigEntry earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
        KafkaClients.await(admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.GROUP, group),
                        List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET))))
                .all());
    }

    private ShareSession(BatchConfig config, WorkerParts parts, Aside aside, KafkaClients clients, Admin admin) {
        this.config = config;
        this.reader = parts.reader().protecting(config.topics().own());
        this.nanoTime = parts.nanoTime();
        this.admin = admin;
        this.pulse = Pulse.of(admin, nanoTime);
        LinkedBlockingQueue<Outcome> done = new LinkedBlockingQueue<>();
        CountDownLatch ending = new CountDownLatch(1);
        ReplyPlaces places = new ReplyPlaces(admin, config.topics(), parts.nanoTime());
        Retries retries = new Retries(parts.backoff(), parts.clock(), parts.metrics(), ending, aside);
        this.context = new RunContext(
                parts.executor(),
                retries,
                FlightNotes.NONE,
                parts.clock(),
                parts.metrics(),
                new Outcomes(config.topics(), config.limits().answerBytes(), parts.recordLimits()),
                places,
                done,
                ending);
        this.flights = new Flights(parts.executor(), new FlightLimit(parts.flight()), done, retries);
        this.substitutes = new Substitutes(admin, places, config.topics().deadLetters(), clients.longestRequest());
        this.producer = clients.plainProducer();
        this.consumer = sharer(clients, producer);
        consumer.subscribe(List.of(config.topics().requests()));
    }

    /** A producer that nobody has closed would go on in this process for ever. */
    private static KafkaShareConsumer<byte[], byte[]> sharer(
            KafkaClients clients, KafkaProducer<byte[], byte[]> producer) {
        try {
            return clients.sharer();
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    @Override
    public void turn() throws InterruptedException {
        turn(TURN_NANOS, true);
    }

    private void turn(long nanos, boolean isTaking) throws InterruptedException {
        List<ConsumerRecord<byte[], byte[]>> lent = new ArrayList<>();
        consumer.poll(IDLE).forEach(lent::add);
        long now = nanoTime.getAsLong();
        List<Outcome> outcomes = new ArrayList<>(isTaking ? take(lent, now) : List.of());
        do {
            flights.start(nanoTime.getAsLong());
            outcomes.addAll(flights.ended(now + nanos - nanoTime.getAsLong()));
        } while (flights.running() + flights.waiting() > 0 && nanoTime.getAsLong() - now < nanos);
        send(outcomes);
        acknowledge(lent);
        forgetGone();
    }

    private List<Outcome> take(List<ConsumerRecord<byte[], byte[]>> lent, long now) {
        List<RequestRun> runs = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        long bytes = flights.bytes();
        for (ConsumerRecord<byte[], byte[]> record : lent) {
            SharedRecord known = taken.get(place(record));
            if (known != null) {
                known.seen(now);
            } else if (taken.size() < config.limits().heldRequests()
                    && bytes < config.limits().heldBytes()) {
                bytes += Intake.size(record);
                SharedRecord shared = new SharedRecord();
                shared.seen(now);
                taken.put(place(record), shared);
                read(record, runs, outcomes);
            }
        }
        flights.add(PrefixOrder.of(runs, RequestRun::request));
        return outcomes;
    }

    private void read(ConsumerRecord<byte[], byte[]> record, List<RequestRun> runs, List<Outcome> outcomes) {
        Partition partition = partitions.computeIfAbsent(place(record).partition(), Partition::shared);
        switch (reader.read(record)) {
            case ReadRecord.Readable readable -> {
                String topic = readable.replyTopic().orElse(config.topics().answers());
                runs.add(new RequestRun(partition, record, readable.request(), topic, RequestDigest.UNKNOWN, context));
            }
            case ReadRecord.Poison poison -> {
                if (poison.id().isPresent() && poison.replyTopic().isPresent()) {
                    runs.add(RequestRun.poison(partition, record, poison, RequestDigest.UNKNOWN, context));
                } else {
                    outcomes.add(
                            context.outcomes().poison(partition, record, poison, poison.id(), RequestDigest.UNKNOWN));
                }
            }
        }
    }

    /** Sends what came of requests, and what takes the place of what a topic refused, and waits until the broker has it. */
    private void send(List<Outcome> outcomes) throws InterruptedException {
        List<Outcome> next = outcomes;
        while (!next.isEmpty()) {
            List<SharedRecord> sent = new ArrayList<>();
            for (Outcome outcome : next) {
                SharedRecord shared = taken.get(new Place(outcome.partition().name(), outcome.offset()));
                if (shared != null) {
                    shared.send(outcome.forgettable(config.topics().answered()), producer);
                    sent.add(shared);
                }
            }
            producer.flush();
            next = new ArrayList<>();
            for (SharedRecord one : sent) {
                one.settle(substitutes).ifPresent(next::add);
                if (one.progress() == Progress.ANSWERED) {
                    one.outcome().ifPresent(this::tell);
                }
            }
        }
    }

    private void tell(Outcome outcome) {
        outcome.settled();
        if (outcome.status() != 0) {
            context.metrics().answered(outcome.status());
        }
        if (!outcome.reason().isEmpty()) {
            context.metrics().deadLettered(outcome.reason());
        }
    }

    /**
     * Each record that was lent is answered for, or its lock renewed, before others are. One for which there is no room yet is kept too: giving it back
     * would count as a failed delivery, of which brokers allow few.
     */
    private void acknowledge(List<ConsumerRecord<byte[], byte[]>> lent) {
        for (ConsumerRecord<byte[], byte[]> record : lent) {
            SharedRecord shared = taken.get(place(record));
            AcknowledgeType type = shared == null ? AcknowledgeType.RENEW : type(shared.progress());
            consumer.acknowledge(record, type);
            if (type != AcknowledgeType.RENEW) {
                taken.remove(place(record));
            }
        }
        if (!lent.isEmpty()) {
            consumer.commitSync();
        }
    }

    private static AcknowledgeType type(Progress progress) {
        return switch (progress) {
            case RUNNING -> AcknowledgeType.RENEW;
            case ANSWERED -> AcknowledgeType.ACCEPT;
            case FAILED -> AcknowledgeType.RELEASE;
        };
    }

    private void forgetGone() {
        long now = nanoTime.getAsLong();
        taken.values().removeIf(one -> one.progress() != Progress.RUNNING && now - one.seenAt() > GONE_NANOS);
    }

    private static Place place(ConsumerRecord<byte[], byte[]> record) {
        return new Place(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    @Override
    public boolean isHeard() {
        return pulse.isHeard();
    }

    @Override
    public void drain(Duration grace) throws InterruptedException {
        context.ending().countDown();
        flights.dropReady();
        long until = nanoTime.getAsLong() + grace.toNanos();
        while (flights.running() > 0 && nanoTime.getAsLong() - until < 0) {
            turn(Math.min(TURN_NANOS, until - nanoTime.getAsLong()), false);
        }
    }

    /** What was lent and is not acknowledged goes back to the group when its member leaves. */
    @Override
    public void close() {
        partitions.values().forEach(Partition::lose);
        KafkaClients.closeAll(
                () -> consumer.close(Duration.ofSeconds(5)),
                () -> producer.close(Duration.ofSeconds(2)),
                () -> admin.close(Duration.ZERO));
    }
}

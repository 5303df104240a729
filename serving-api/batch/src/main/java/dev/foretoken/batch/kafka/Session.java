package dev.foretoken.batch.kafka;

import dev.foretoken.batch.flight.Aside;
import dev.foretoken.batch.flight.FlightLimit;
import dev.foretoken.batch.flight.Waited;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;

/**
 * A worker's membership in its group, from joining it until it leaves or is thrown out. Where Kafka's clients cannot go on, or nobody knows whether a
 * transaction was committed, all of it is closed, what was in flight is forgotten, and a new one begins with what is committed. One thread.
 */
final class Session implements Membership {

    /** For which the consumer waits when nothing is to be done. */
    private static final Duration IDLE = Duration.ofMillis(100);

    private static final Duration BUSY = Duration.ofMillis(5);

    /** Longest time between two polls while requests end one after the other. */
    private static final long TURN_NANOS = Duration.ofMillis(20).toNanos();

    /** Of the bytes that are held, answers that wait for their transaction may take one in so many before nothing more begins. */
    private static final int ANSWERS_SHARE = 4;

    private final WorkerLimits limits;
    private final LongSupplier nanoTime;
    private final Admin admin;
    private final Pulse pulse;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Assignment assignment;
    private final Intake intake;
    private final Flights flights;
    private final Settlement settlement;
    private final Gauges gauges;
    private final CountDownLatch ending = new CountDownLatch(1);

    /** Joins; blocks while another worker of the same name has an open transaction. */
    static Session open(BatchConfig config, WorkerParts parts, FlightNotes notes, Waited waited, Executor threads) {
        KafkaClients clients = new KafkaClients(config);
        Admin admin = clients.admin();
        try {
            new TopicSetup(admin, config).prepare();
            Aside aside = new Aside(config.limits().aside(), waited, parts.nanoTime());
            return new Session(config, parts, notes, aside, clients, admin, threads);
        } catch (RuntimeException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    private Session(
            BatchConfig config,
            WorkerParts parts,
            FlightNotes notes,
            Aside aside,
            KafkaClients clients,
            Admin admin,
            Executor threads) {
        this.limits = config.limits();
        this.nanoTime = parts.nanoTime();
        this.admin = admin;
        this.pulse = Pulse.of(admin, nanoTime);
        LinkedBlockingQueue<Outcome> done = new LinkedBlockingQueue<>();
        Retries retries = new Retries(parts.backoff(), parts.clock(), parts.metrics(), ending, aside);
        Outcomes outcomes = new Outcomes(config.topics(), limits.answerBytes(), parts.recordLimits());
        ReplyPlaces places = new ReplyPlaces(admin, config.topics(), parts.nanoTime());
        RunContext context = new RunContext(
                parts.executor(), retries, notes, parts.clock(), parts.metrics(), outcomes, places, done, ending);
        this.intake = new Intake(parts.reader(), context, config);
        this.flights = new Flights(parts.executor(), new FlightLimit(parts.flight()), done, retries);
        boolean hasNewProtocol = KafkaClients.hasNewProtocol(admin);
        this.producer = clients.producer();
        this.consumer = member(clients, hasNewProtocol, producer);
        this.settlement = new Settlement(
                new Transactions(producer),
                new Substitutes(admin, places, config.topics().deadLetters(), clients.longestRequest()),
                consumer::groupMetadata,
                limits,
                parts.metrics());
        this.assignment = new Assignment(
                consumer, new PartitionLoader(config, clients, admin), threads, this::settle, this::dropLost);
        this.gauges = new Gauges(parts.metrics(), parts.clock());
        try {
            producer.initTransactions();
            consumer.subscribe(List.of(config.topics().requests()), assignment);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** A producer that nobody has closed would go on in this process for ever. */
    private static KafkaConsumer<byte[], byte[]> member(
            KafkaClients clients, boolean hasNewProtocol, KafkaProducer<byte[], byte[]> producer) {
        try {
            return clients.member(hasNewProtocol);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    @Override
    public void turn() throws InterruptedException {
        boolean reading = assignment.regulate(hasRoom());
        arrive(consumer.poll(waiting(reading)));
        assignment.adopt();
        long until = nanoTime.getAsLong() + TURN_NANOS;
        long now;
        do {
            admit();
            start();
            end(reading ? 0 : until - nanoTime.getAsLong());
            now = nanoTime.getAsLong();
            commitIfDue(now);
        } while (!hasRoom() && isBusy() && now - until < 0);
        gauges.show(assignment.partitions(), consumer, flights, now);
    }

    private void start() {
        if (mayStart()) {
            flights.start(nanoTime.getAsLong());
        }
    }

    /** Where brokers take answers more slowly than engines give them, engines wait. */
    private boolean mayStart() {
        return settlement.bytes() < limits.heldBytes() / ANSWERS_SHARE;
    }

    private boolean isBusy() {
        return flights.running() > 0 || flights.waiting() > 0 && mayStart();
    }

    /** Where nothing is read, ends of requests are waited for, if there are any. A consumer of which all is paused would not even sleep. */
    private Duration waiting(boolean reading) {
        if (!reading && isBusy()) {
            return Duration.ZERO;
        }
        return flights.running() == 0 && settlement.size() == 0 ? IDLE : BUSY;
    }

    private boolean hasRoom() {
        return flights.waiting() == 0 && held() < limits.heldRequests() && freeBytes() > 0;
    }

    private int held() {
        return flights.waiting() + flights.running() + settlement.size();
    }

    private long freeBytes() {
        return limits.heldBytes() - flights.bytes() - settlement.bytes();
    }

    private void arrive(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition name : records.partitions()) {
            Partition partition = assignment.partition(name);
            if (partition != null) {
                partition.arrived().addAll(records.records(name));
            }
        }
        for (Map.Entry<TopicPartition, OffsetAndMetadata> next :
                records.nextOffsets().entrySet()) {
            Partition partition = assignment.partition(next.getKey());
            if (partition != null) {
                partition.readTo(next.getValue().offset());
            }
        }
    }

    private void admit() {
        if (!hasRoom()) {
            return;
        }
        flights.add(intake.take(assignment.partitions(), limits.heldRequests() - held(), freeBytes()));
        settlement.add(intake.outcomes(), nanoTime.getAsLong());
    }

    private void end(long waitNanos) throws InterruptedException {
        settlement.add(flights.ended(waitNanos), nanoTime.getAsLong());
    }

    private void commitIfDue(long now) {
        if (settlement.isDue(assignment.partitions(), now, flights.running() == 0)) {
            settlement.commit(assignment.partitions(), now);
        }
    }

    /** Commits all there is; what cannot be now is left. */
    private void settle() {
        try {
            end(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        while (settlement.commit(assignment.partitions(), nanoTime.getAsLong())) {
            if (settlement.size() == 0) {
                return;
            }
        }
    }

    private void dropLost() {
        flights.dropLost();
        settlement.dropLost();
    }

    @Override
    public boolean isHeard() {
        return pulse.isHeard();
    }

    @Override
    public void drain(Duration grace) throws InterruptedException {
        ending.countDown();
        flights.dropReady();
        long until = nanoTime.getAsLong() + grace.toNanos();
        while (flights.running() > 0 && nanoTime.getAsLong() - until < 0) {
            assignment.regulate(false);
            consumer.poll(Duration.ZERO);
            end(Math.min(TURN_NANOS, until - nanoTime.getAsLong()));
            commitIfDue(nanoTime.getAsLong());
        }
        settle();
    }

    @Override
    public void close() {
        settlement.stop();
        assignment.abandon();
        KafkaClients.closeAll(
                () -> consumer.close(CloseOptions.timeout(Duration.ofSeconds(5))),
                () -> producer.close(Duration.ofSeconds(2)),
                () -> admin.close(Duration.ZERO));
    }
}

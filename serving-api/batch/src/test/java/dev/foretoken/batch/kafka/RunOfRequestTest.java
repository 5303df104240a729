package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.flight.Aside;
import dev.foretoken.batch.flight.AsideConfig;
import dev.foretoken.batch.flight.Backoff;
import dev.foretoken.batch.flight.BackoffConfig;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.batch.flight.FlightLimit;
import dev.foretoken.batch.flight.Waited;
import dev.foretoken.batch.record.ReadRecord;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.batch.record.RecordReader;
import dev.foretoken.batch.record.ReplyTopics;
import dev.foretoken.contract.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of records without a broker. */
@Timeout(300)
class RunOfRequestTest {

    private static final TopicPartition PLACE = new TopicPartition("requests", 0);
    private static final RecordLimits LIMITS = new RecordLimits(100_000, 50_000);

    private final BatchTopics topics = BatchTopics.named("requests", "answers");
    private final LinkedBlockingQueue<Outcome> done = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder;

    private final Waited waited = new Waited(10);
    private final AtomicLong nanos = new AtomicLong();
    private AsideConfig waits = WorkerLimits.DEFAULTS.aside();
    private FlightNotes notes = FlightNotes.NONE;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch tried = new CountDownLatch(20);
    private final Admin admin = Admin.create(java.util.Map.of("bootstrap.servers", "127.0.0.1:1"));
    private final RecordReader reader = new RecordReader(LIMITS, ReplyTopics.parse(List.of()));

    @AfterEach
    void close() {
        admin.close(Duration.ZERO);
    }

    @Test
    void aServerThatEndsNeverAnswersWithThat() throws Exception {
        RequestRun run = run(context(Duration.ofMillis(1)));
        run.start();
        tried.await();
        assertThat(done).isEmpty();
        ending.countDown();
        assertThat(done.poll(2, TimeUnit.MINUTES).isAbandoned()).isTrue();
    }

    @Test
    void whoWaitsForTheNextTryIsLeftToOthersAtOnce() throws Exception {
        RequestRun run = run(context(Duration.ofHours(1)));
        run.start();
        ending.countDown();
        assertThat(done.poll(2, TimeUnit.MINUTES).isAbandoned()).isTrue();
    }

    @Test
    void whatARequestWaitedForItsModelCountsOnWhereItsPartitionComesBack() throws Exception {
        waits = new AsideConfig(100, 1 << 20, Duration.ofMinutes(20), Duration.ofMinutes(20));
        RunContext first = absent();
        RequestRun run = run(first);
        run.start();
        Eventually.until("it waits", () -> first.retries().aside() == 1);
        nanos.addAndGet(Duration.ofMinutes(20).toNanos());
        run.abandon();
        assertThat(done.poll(4, TimeUnit.MINUTES).isAbandoned()).isTrue();
        run(absent()).start();
        assertThat(done.poll(4, TimeUnit.MINUTES).status())
                .as("an answer that was not committed")
                .isEqualTo(503);
        run(absent()).start();
        Outcome committed = done.poll(4, TimeUnit.MINUTES);
        assertThat(committed.status()).isEqualTo(503);
        commit(committed);
        RunContext answered = absent();
        run(answered).start();
        Eventually.until(
                "what was answered is forgotten", () -> answered.retries().aside() == 1);
        ending.countDown();
        assertThat(done.poll(4, TimeUnit.MINUTES).isAbandoned()).isTrue();
    }

    private void commit(Outcome outcome) {
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name());
        Settlement settlement = new Settlement(
                new Transactions(producer),
                new Substitutes(admin, new ReplyPlaces(admin, topics, System::nanoTime), topics.deadLetters(), 1 << 20),
                consumer::groupMetadata,
                WorkerLimits.DEFAULTS,
                BatchMetrics.NONE);
        outcome.partition().offsets().take(outcome.offset());
        settlement.add(List.of(outcome), 0);
        assertThat(settlement.commit(List.of(outcome.partition()), 0)).isTrue();
    }

    private RunContext absent() {
        return context(Duration.ofHours(1), id -> failure(ErrorCode.MODEL_LOADING));
    }

    @Test
    void theTimeThatAnyRequestMayTakeIsNotTheRequestsDeadline() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        run(context(
                        Duration.ofMillis(1),
                        id -> tries.incrementAndGet() < 3 ? failure(ErrorCode.DEADLINE_EXCEEDED) : success()))
                .start();
        assertThat(done.poll(4, TimeUnit.MINUTES).status()).isEqualTo(200);
        assertThat(tries.get()).isEqualTo(3);
    }

    @Test
    void anInterruptOfSomebodyElseIsATryThatFailed() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        run(context(Duration.ofMillis(1), id -> {
                    if (tries.incrementAndGet() < 3) {
                        throw new InterruptedException("not by the worker");
                    }
                    return success();
                }))
                .start();
        assertThat(done.poll(4, TimeUnit.MINUTES).status()).isEqualTo(200);
        run(context(Duration.ofMillis(1), id -> {
                    throw new InterruptedException("always");
                }))
                .start();
        assertThat(done.poll(4, TimeUnit.MINUTES).status()).isEqualTo(500);
    }

    /** A model that is not there yet holds up those of others no longer than it takes to say so. */
    @Test
    void whoWaitsForAModelLetsOthersRun() throws Exception {
        RunContext context = context(
                Duration.ofHours(1), id -> id.equals("request-0") ? failure(ErrorCode.MODEL_LOADING) : success());
        Flights flights =
                new Flights(context.executor(), new FlightLimit(FlightConfig.upTo(1)), done, context.retries());
        flights.add(List.of(run(context, 0), run(context, 1)));
        flights.start(0);
        Eventually.until("the first waits", () -> context.retries().aside() == 1);
        flights.start(1);
        assertThat(flights.waiting()).isZero();
        assertThat(done.poll(4, TimeUnit.MINUTES).offset()).isEqualTo(1);
        assertThat(flights.retrying()).isEqualTo(1);
    }

    @Test
    void aRequestOfWhichProcessesDiedIsNotRunForEver() throws Exception {
        notes = NotesOfTheDead.of(folder, config(), 4, 0);
        AtomicInteger tries = new AtomicInteger();
        run(context(Duration.ofMillis(1), id -> {
                    tries.incrementAndGet();
                    return success();
                }))
                .start();
        Outcome outcome = done.poll(4, TimeUnit.MINUTES);
        assertThat(outcome.status()).isEqualTo(500);
        assertThat(new String(outcome.records().getFirst().value(), StandardCharsets.UTF_8))
                .contains("the server died 4 times while the request ran");
        assertThat(tries.get()).isZero();
        assertThat(notes.deaths(0, 0)).isZero();
    }

    @Test
    void aRequestOfWhichProcessesMayHaveDiedRunsAlone() throws Exception {
        notes = NotesOfTheDead.of(folder, config(), 3, 1);
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        RunContext context = context(Duration.ofMillis(1), id -> {
            (id.equals("request-1") ? second : gate).await();
            return success();
        });
        Flights flights =
                new Flights(context.executor(), new FlightLimit(FlightConfig.upTo(8)), done, context.retries());
        flights.add(List.of(run(context, 0), run(context, 1), run(context, 2)));
        flights.start(0);
        assertThat(flights.running()).as("the first, which is no suspect").isEqualTo(1);
        gate.countDown();
        Eventually.until("it has ended", () -> !done.isEmpty());
        assertThat(flights.ended(1)).hasSize(1);
        flights.start(1);
        assertThat(flights.running()).as("the second").isEqualTo(1);
        assertThat(flights.waiting()).as("nothing beside it").isEqualTo(1);
        second.countDown();
        Eventually.until("it has ended", () -> !done.isEmpty());
        assertThat(flights.ended(1)).hasSize(1);
        flights.start(2);
        assertThat(flights.waiting()).isZero();
        assertThat(notes.deaths(0, 1)).isZero();
    }

    @Test
    void noAnswerGoesIntoTheTopicsOfTheWorkersThemselves() {
        Partition partition = Partition.shared(PLACE);
        RecordReader lenient = new RecordReader(LIMITS, ReplyTopics.parse(List.of("requests*", "answer*")));
        List<String> replies =
                List.of(topics.answered(), topics.deadLetters(), topics.requests(), topics.answers(), "answers-2");
        for (int offset = 0; offset < replies.size(); offset++) {
            String id = "request-" + offset;
            ConsumerRecord<byte[], byte[]> record = record(offset, id, TestTopic.line(id));
            record.headers().add("foretoken-reply-topic", replies.get(offset).getBytes(StandardCharsets.US_ASCII));
            partition.arrived().add(record);
        }
        Intake intake = new Intake(lenient, context(Duration.ofMillis(1)), config());
        assertThat(intake.take(List.of(partition), 10, 1 << 20))
                .extracting(RequestRun::replyTopic)
                .containsExactlyInAnyOrder("answers", "answers-2");
        assertThat(intake.outcomes())
                .extracting(Outcome::reason)
                .containsOnly("reply_topic_refused")
                .hasSize(3);
    }

    @Test
    void everyRecordThatIsNoRequestGetsALetterWhateverItsKey() {
        Partition partition = Partition.shared(PLACE);
        for (int offset = 0; offset < 3; offset++) {
            partition.arrived().add(record(offset, "tenant", TestTopic.line("request-" + offset)));
        }
        Intake intake = new Intake(reader, context(Duration.ofMillis(1)), config());
        assertThat(intake.take(List.of(partition), 10, 1 << 20)).isEmpty();
        assertThat(intake.outcomes()).hasSize(3).allSatisfy(outcome -> {
            assertThat(outcome.reason()).isEqualTo("invalid_id");
            assertThat(outcome.records())
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.topic()).isEqualTo(topics.deadLetters()));
        });
    }

    @Test
    void theSameRequestIsARepetitionAndAnotherWithItsIdIsToldSo() {
        Partition partition = Partition.shared(PLACE);
        partition.ids().resize(10);
        byte[] line = TestTopic.line("id");
        partition.arrived().add(record(0, "id", line));
        partition.arrived().add(record(1, "id", line));
        ConsumerRecord<byte[], byte[]> urgent = record(2, "id", line);
        urgent.headers().add("foretoken-priority", "low".getBytes(StandardCharsets.US_ASCII));
        partition.arrived().add(urgent);
        ConsumerRecord<byte[], byte[]> other = record(3, "id", line);
        other.headers().add("foretoken-tenant", "other".getBytes(StandardCharsets.US_ASCII));
        partition.arrived().add(other);
        partition
                .arrived()
                .add(record(
                        4,
                        "id",
                        (new String(line, StandardCharsets.US_ASCII) + " ").getBytes(StandardCharsets.US_ASCII)));
        Intake intake = new Intake(reader, context(Duration.ofMillis(1)), config());
        assertThat(intake.take(List.of(partition), 10, 1 << 20))
                .singleElement()
                .satisfies(run -> assertThat(run.source().offset()).isZero());
        assertThat(intake.outcomes()).extracting(Outcome::offset).containsExactly(3L, 4L);
        assertThat(intake.outcomes()).allSatisfy(outcome -> {
            assertThat(outcome.reason()).isEqualTo("id_conflict");
            assertThat(outcome.records()).extracting(ProducerRecord::topic).containsExactly(topics.deadLetters());
        });
        assertThat(partition.offsets().open()).isEqualTo(3);
    }

    private BatchConfig config() {
        return new BatchConfig(
                "127.0.0.1:1", java.util.Map.of(), topics, "group", "instance", 1, WorkerLimits.DEFAULTS);
    }

    private RequestRun run(RunContext context) {
        return run(context, 0);
    }

    private RequestRun run(RunContext context, int offset) {
        String id = "request-" + offset;
        ConsumerRecord<byte[], byte[]> record = record(offset, id, TestTopic.line(id));
        BatchRequest request = ((ReadRecord.Readable) reader.read(record)).request();
        return new RequestRun(
                Partition.shared(PLACE), record, request, topics.answers(), RequestDigest.UNKNOWN, context);
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, String key, byte[] value) {
        return new ConsumerRecord<>(
                PLACE.topic(), PLACE.partition(), offset, key.getBytes(StandardCharsets.US_ASCII), value);
    }

    /** Of a server that ends, and says so of every request. */
    private RunContext context(Duration pause) {
        return context(pause, id -> {
            tried.countDown();
            return failure(ErrorCode.DRAINING);
        });
    }

    private static BatchAnswer failure(ErrorCode code) {
        return new BatchAnswer(503, "r", new byte[] {'{', '}'}, Optional.of(code));
    }

    private static BatchAnswer success() {
        return new BatchAnswer(200, "r", new byte[] {'{', '}'}, Optional.empty());
    }

    /** What a try comes to. */
    private interface Trying {
        BatchAnswer run(String id) throws InterruptedException;
    }

    private RunContext context(Duration pause, Trying trying) {
        EchoExecutor executor = new EchoExecutor() {
            @Override
            public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
                return trying.run(request.id());
            }
        };
        Backoff backoff = new Backoff(new BackoffConfig(pause, pause, 4), new Random(1));
        return new RunContext(
                executor,
                new Retries(
                        backoff,
                        InstantSource.system(),
                        BatchMetrics.NONE,
                        ending,
                        new Aside(waits, waited, nanos::get)),
                notes,
                InstantSource.system(),
                BatchMetrics.NONE,
                new Outcomes(topics, 100_000, LIMITS),
                new ReplyPlaces(admin, topics, System::nanoTime),
                done,
                ending);
    }
}

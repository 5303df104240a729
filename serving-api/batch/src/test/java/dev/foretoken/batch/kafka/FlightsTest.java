package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.flight.Aside;
import dev.foretoken.batch.flight.Backoff;
import dev.foretoken.batch.flight.BackoffConfig;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.batch.flight.FlightLimit;
import dev.foretoken.batch.flight.Waited;
import dev.foretoken.batch.record.ReadRecord;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.batch.record.RecordReader;
import dev.foretoken.batch.record.ReplyTopics;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FlightsTest {

    private static final RecordLimits LIMITS = new RecordLimits(100_000, 50_000);
    private static final FlightConfig CONFIG = FlightConfig.upTo(1000);

    private final LinkedBlockingQueue<Outcome> done = new LinkedBlockingQueue<>();
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Retries retries = new Retries(
            new Backoff(BackoffConfig.DEFAULT, new Random(1)),
            InstantSource.system(),
            BatchMetrics.NONE,
            ending,
            new Aside(WorkerLimits.DEFAULTS.aside(), new Waited(1), System::nanoTime));
    private final EchoExecutor executor = new EchoExecutor();
    private final Partition partition = Partition.shared(new TopicPartition("requests", 0));
    private final Flights flights = new Flights(executor, new FlightLimit(CONFIG), done, retries);

    @Test
    void theLimitGrowsWhereRequestsEndBeforeAnyoneLooks() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1"))) {
            RunContext context = context(admin);
            flights.add(IntStream.range(0, 100).mapToObj(i -> run(i, context)).toList());
            for (int i = 0; i < 3; i++) {
                flights.start(i * CONFIG.pace().toNanos());
                assertThat(flights.running()).isEqualTo(CONFIG.first() << i);
                while (flights.running() > 0) {
                    flights.ended(TimeUnit.MINUTES.toNanos(1));
                }
            }
            assertThat(flights.limit()).isEqualTo(CONFIG.first() << 3);
            flights.start(3 * CONFIG.pace().toNanos()); // the rest, which the limit does not hold back
            assertThat(flights.waiting()).isZero();
            assertThat(flights.limit()).isEqualTo(CONFIG.first() << 3);
        }
    }

    private RequestRun run(int number, RunContext context) {
        String id = "request-" + number;
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("requests", 0, number, id.getBytes(StandardCharsets.US_ASCII), TestTopic.line(id));
        BatchRequest request =
                ((ReadRecord.Readable) new RecordReader(LIMITS, ReplyTopics.NONE).read(record)).request();
        return new RequestRun(partition, record, request, "answers", RequestDigest.UNKNOWN, context);
    }

    private RunContext context(Admin admin) {
        return new RunContext(
                executor,
                retries,
                FlightNotes.NONE,
                InstantSource.system(),
                BatchMetrics.NONE,
                new Outcomes(BatchTopics.named("requests", "answers"), 100_000, LIMITS),
                new ReplyPlaces(admin, BatchTopics.named("requests", "answers"), System::nanoTime),
                done,
                ending);
    }
}

package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.result.RawResult;
import dev.foretoken.scheduler.SharedServer.Machine;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Two tenants with prompts and answers of one shape on one server in simulated time: the quiet one asks for a tenth of what the server can do,
 * the loud one for ten times that. Prints what that costs the quiet one, and beside it what it would at best; {@code -D}{@value #FILE} says into
 * which file of {@code src/bench/results} all is written. {@code -Psoak} looks at all shapes, else those with the longest prompts and answers are
 * left out.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FairShapesTest {

    private static final boolean ALL = Boolean.getBoolean("foretoken.soak");
    private static final int[] PROMPTS = ALL ? new int[] {32, 128, 512, 2048} : new int[] {32, 128, 512};
    private static final int[] ANSWERS = ALL ? new int[] {1, 16, 64, 512} : new int[] {1, 16, 64};
    private static final int WEIGHT = ServiceLevel.DEFAULT_WEIGHT;
    private static final int REQUESTS = ALL ? 2000 : 1200;
    private static final double QUIET = 0.1;
    private static final double LOUD = 10;

    private static final String FILE = "foretoken.shapes.json";

    /** Of the first token, beside that of being alone. */
    private static final double MOST_WAIT = 1.5;

    /** Of the throughput. */
    private static final double LEAST_KEPT = 0.95;

    /**
     * A best case of more than this leaves an order of steps little room below {@link #MOST_WAIT}, and one of more than that none at all: then
     * {@link #MOST_BESIDE_BEST} times the best case is let pass, too. Shapes with a best case in between miss a bar that could be met.
     */
    private static final double LITTLE_ROOM = 1.45;

    private static final double MOST_BESIDE_BEST = 1.2;

    /** Prompts and answers of so many tokens on one machine. */
    private record Shape(Machine machine, int prompt, int answer) {

        private SharedServer server() {
            return new SharedServer(machine, prompt, answer);
        }

        private double ttft(double perSecond) {
            SharedServer idle = server();
            SharedServer.Tenant alone = idle.tenant("quiet", WEIGHT, perSecond);
            idle.run(REQUESTS / perSecond);
            return alone.ttft(0.99);
        }

        Price price() {
            SharedServer busy = server();
            SharedServer.Tenant only = busy.tenant("loud", WEIGHT, 2e4 / prompt);
            double warm = (prompt / 100.0 + answer) * 4 * machine.costs().base().fixed() * 1e-9;
            double guess = busy.run(warm) / (prompt + answer);
            only.rise(LOUD * guess);
            double most = busy.run(REQUESTS / guess);
            double capacity = most / (prompt + answer);
            SharedServer shared = server();
            SharedServer.Tenant quiet = shared.tenant("quiet", WEIGHT, QUIET * capacity);
            SharedServer.Tenant loud = shared.tenant("loud", WEIGHT, LOUD * capacity);
            double both = shared.run(REQUESTS / (QUIET * capacity));
            assertThat(loud.refused()).as("the loud one is refused most").isGreaterThan(loud.answered());
            double alone = ttft(QUIET * capacity);
            double best = new BestCase(machine, prompt, QUIET * capacity).ttft(busy.stepSeconds(), LEAST_KEPT);
            return new Price(
                    quiet.answered(), alone, quiet.ttft(0.99) / alone, best / alone, both / most, quiet.refused());
        }

        @Override
        public String toString() {
            return machine.name() + ", " + prompt + " in, " + answer + " out";
        }
    }

    /**
     * What the loud neighbour costs.
     *
     * @param requests of the quiet one that were answered beside it
     * @param alone seconds to the first token of the quiet one without it, 99th percentile
     * @param ratio of the same beside it
     * @param best of the same in the {@link BestCase}
     * @param kept part of the throughput
     * @param refused requests of the quiet one for which the edge had no place
     */
    private record Price(int requests, double alone, double ratio, double best, double kept, int refused) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "p99 TTFT %.0f ms alone, %.2f times that beside the loud one (%.2f at best), throughput %+.1f %%",
                    alone * 1e3,
                    ratio,
                    best,
                    100 * (kept - 1));
        }
    }

    /** Members of the file: times in seconds of simulated time, ratios over being alone, what is kept over being alone. */
    private record Figures(double quiet, double loud, int weight, List<Reading> shapes) {}

    private record Reading(
            String machine,
            int prompt,
            int answer,
            int requests,
            int refused,
            double ttftAloneSeconds,
            double ttftRatio,
            double bestRatio,
            double throughputKept) {

        static Reading of(Shape shape, Price price) {
            return new Reading(
                    shape.machine().name(),
                    shape.prompt(),
                    shape.answer(),
                    price.requests(),
                    price.refused(),
                    price.alone(),
                    price.ratio(),
                    price.best(),
                    price.kept());
        }
    }

    private final Instant started = Instant.now();
    private final List<Reading> readings = new ArrayList<>();

    @AfterAll
    void write() throws IOException {
        RawResult.write(FILE, "foretoken.test.shapes/1", started, new Figures(QUIET, LOUD, WEIGHT, readings));
    }

    @TestFactory
    List<DynamicTest> theQuietTenantWaitsHardlyLongerAndLittleThroughputIsLost() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Machine machine : List.of(Machine.TWO_CORES, Machine.ACCELERATOR)) {
            for (int prompt : PROMPTS) {
                for (int answer : ANSWERS) {
                    Shape shape = new Shape(machine, prompt, answer);
                    tests.add(DynamicTest.dynamicTest(shape.toString(), () -> check(shape)));
                }
            }
        }
        return tests;
    }

    private void check(Shape shape) {
        Price price = shape.price();
        System.out.println(shape + ": " + price);
        readings.add(Reading.of(shape, price));
        double most = price.best() > LITTLE_ROOM ? Math.max(MOST_WAIT, MOST_BESIDE_BEST * price.best()) : MOST_WAIT;
        assertThat(price.refused()).as("%s: refused to the quiet one", shape).isZero();
        assertThat(price.ratio()).as("%s: %s", shape, price).isLessThan(most);
        assertThat(price.kept()).as("%s: %s", shape, price).isGreaterThan(LEAST_KEPT);
    }
}

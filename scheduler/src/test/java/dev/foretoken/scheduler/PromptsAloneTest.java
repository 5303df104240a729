package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.scheduler.SharedServer.Machine;
import dev.foretoken.scheduler.SharedServer.Tenant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Answers of one token: nothing generates, and {@link PromptStepLength} says how long steps are. In simulated time. */
class PromptsAloneTest {

    private static final int WEIGHT = ServiceLevel.DEFAULT_WEIGHT;
    private static final double QUIET = 0.1;
    private static final double LOUD = 10;
    private static final int REQUESTS = 2000;

    private static SharedServer server(Machine machine, int prompt) {
        return new SharedServer(machine, prompt, 1);
    }

    /** Requests a second. */
    private static double capacity(Machine machine, int prompt) {
        SharedServer server = server(machine, prompt);
        server.tenant("loud", WEIGHT, 2e5 / prompt);
        return server.run(200 * machine.costs().base().fixed() * 1e-9) / (prompt + 1);
    }

    /** Who weighs less is far ahead after each of its steps, and both always have more than a step holds: nobody comes late, all are. */
    @Test
    void tenantsThatBothHaveABacklogShareFullSteps() {
        double capacity = capacity(Machine.ACCELERATOR, 512);
        SharedServer server = server(Machine.ACCELERATOR, 512);
        Tenant heavy = server.tenant("heavy", WEIGHT, LOUD * capacity);
        Tenant light = server.tenant("light", WEIGHT / 10, LOUD * capacity);
        double tokens = server.run(REQUESTS / capacity);
        assertThat(tokens).isGreaterThan(0.95 * 513 * capacity);
        assertThat(light.answered()).isPositive();
        assertThat(heavy.answered()).isGreaterThan(8 * light.answered());
    }

    private static List<Tenant> beside(Machine machine, int prompt, double capacity, int quiet) {
        SharedServer server = server(machine, prompt);
        double each = QUIET * capacity / quiet;
        List<Tenant> tenants = IntStream.range(0, quiet)
                .mapToObj(i -> server.tenant("quiet" + i, WEIGHT, each))
                .toList();
        server.tenant("loud", WEIGHT, LOUD * capacity);
        server.run(REQUESTS / (QUIET * capacity));
        return tenants;
    }

    /** The older prompt of a step may be that of the tenant that has its turn later. */
    @Test
    void severalQuietTenantsWaitAboutAsLongAsOne() {
        double capacity = capacity(Machine.TWO_CORES, 128);
        double one = beside(Machine.TWO_CORES, 128, capacity, 1).getFirst().ttft(0.99);
        assertThat(beside(Machine.TWO_CORES, 128, capacity, 3))
                .allSatisfy(quiet -> assertThat(quiet.ttft(0.99)).isLessThan(1.25 * one));
    }
}

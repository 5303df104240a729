package dev.foretoken.e2e.chaos;

import dev.foretoken.e2e.clock.ClockJump;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Fleet;
import dev.foretoken.e2e.server.FleetPod;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes one fault after the other. Each lasts until every caller has got answers in spite of it, and is then mended. */
final class Faults {

    private static final int MOST_DAYS = 30;

    private final Fleet fleet;
    private final ClockJump clocks;
    private final Callers callers;
    private final Optional<SmallDisk> disk;
    private final SplittableRandom random;

    /** @param disk where the fleet's processes write, for {@link Fault#FULL_DISK} */
    Faults(Fleet fleet, ClockJump clocks, Callers callers, Optional<SmallDisk> disk, SplittableRandom random) {
        this.fleet = fleet;
        this.clocks = clocks;
        this.callers = callers;
        this.disk = disk;
        this.random = random;
    }

    /** Does what makes the fault possible and is none itself: what has clocks jump changes classes of each process, which are compiled once more. */
    void prepare(Fault fault) {
        if (fault == Fault.JUMPED_CLOCKS) {
            fleet.processes().forEach(process -> clocks.prepare(process.pid()));
            callers.awaitAnswers();
        }
    }

    void make(Fault fault) {
        switch (fault) {
            case KILLED_POD -> killPod();
            case FROZEN_POD -> freezePod();
            case KILLED_GATEWAY -> fleet.replaceGateway(random.nextInt(fleet.gateways()));
            case CUT_CONNECTIONS -> busiest().network().cut();
            case STALLED_CONNECTIONS -> stallConnections();
            case JUMPED_CLOCKS -> jumpClocks();
            case FULL_DISK -> fillDisk();
        }
        callers.awaitAnswers();
    }

    /** What happens to a pod that does nothing shows nothing: waits for one that computes. */
    private FleetPod busiest() {
        Map<FleetPod, Integer> load =
                Eventually.get("a pod computes", this::running, running -> Collections.max(running.values()) > 0);
        return Collections.max(load.entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    private Map<FleetPod, Integer> running() {
        return fleet.pods().stream().collect(Collectors.toMap(Function.identity(), FleetPod::running));
    }

    /** In half of the cases the busiest, else any. */
    private FleetPod drawn() {
        List<FleetPod> pods = fleet.pods();
        return random.nextBoolean() ? busiest() : pods.get(random.nextInt(pods.size()));
    }

    private void killPod() {
        FleetPod pod = drawn();
        pod.process().kill();
        pod.restart();
    }

    private void freezePod() {
        FleetPod pod = busiest();
        pod.process().freeze();
        try {
            callers.awaitAnswers();
        } finally {
            pod.process().thaw();
        }
    }

    private void stallConnections() {
        FleetPod pod = busiest();
        pod.network().stall();
        callers.awaitAnswers();
        pod.network().resume();
    }

    /** They stay behind the true time, which processes that begin later have. */
    private void jumpClocks() {
        fleet.processes().forEach(process -> clocks.jump(process.pid(), days()));
        callers.awaitAnswers();
        fleet.processes().forEach(process -> clocks.jump(process.pid(), days().negated()));
    }

    private Duration days() {
        return Duration.ofDays(random.nextInt(1, MOST_DAYS));
    }

    private void fillDisk() {
        SmallDisk full = disk.orElseThrow();
        full.fill();
        callers.awaitAnswers();
        full.free();
    }
}

package dev.foretoken.e2e.clock.agent;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.time.Instant;
import java.util.Arrays;

/** Comes into a running process before its clock jumps, and each time it does. */
public final class ClockAgent {

    /** Leaves the clock as it is. */
    public static final String STAY = "stay";

    private static boolean installed;

    private ClockAgent() {}

    /**
     * Called by the virtual machine.
     *
     * @param ahead milliseconds by which the clock is ahead of the true time from now on, as a decimal number, or {@link #STAY}
     */
    public static synchronized void agentmain(String ahead, Instrumentation process) throws UnmodifiableClassException {
        if (!installed) {
            install(process);
            installed = true;
        }
        if (!ahead.equals(STAY)) {
            long shift = Long.parseLong(ahead);
            ShiftedTime.shift(shift);
            check(shift);
        }
    }

    private static void install(Instrumentation process) throws UnmodifiableClassException {
        process.addTransformer(new TimeCalls(), true);
        process.retransformClasses(Arrays.stream(process.getAllLoadedClasses())
                .filter(process::isModifiableClass)
                .filter(TimeCalls::reads)
                .toArray(Class<?>[]::new));
    }

    /** The test that asks for a jump fails where there is none. */
    private static void check(long shift) {
        long before = System.currentTimeMillis() + shift;
        long now = Instant.now().toEpochMilli();
        long after = System.currentTimeMillis() + shift;
        if (now < before || now > after) {
            throw new IllegalStateException(
                    "the clock says " + now + ", not " + before + " to " + after + ": it has not jumped");
        }
    }
}

package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.ServiceLevel;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a caller says of an inference as a whole, under the protocol's names. Others are ignored, since every server has its own.
 *
 * @param timeout {@code timeout}, in microseconds
 */
public record CallParameters(Optional<SessionUse> session, Optional<Priority> priority, Optional<Duration> timeout) {

    public static final CallParameters NONE = new CallParameters(Optional.empty(), Optional.empty(), Optional.empty());

    private static final String ID = "sequence_id";
    private static final String NO_SEQUENCE = "0";
    private static final String START = "sequence_start";
    private static final String END = "sequence_end";
    private static final String PRIORITY = "priority";
    private static final String TIMEOUT = "timeout";
    private static final String SHARED_MEMORY = "shared_memory_region";

    /**
     * @param values by name: Boolean, Long, BigInteger, Double or String
     * @throws ForetokenException INVALID_REQUEST naming the parameter
     */
    public static CallParameters read(Map<String, Object> values) {
        return values.isEmpty() ? NONE : new CallParameters(session(values), priority(values), timeout(values));
    }

    /** 0 and the empty text are no sequence, as other servers have it; {@code "0"} is 0, as {@code "7"} is 7. */
    private static Optional<SessionUse> session(Map<String, Object> values) {
        boolean start = flag(values, START);
        boolean end = flag(values, END);
        String id = sequence(values);
        if (id.isEmpty() && (start || end)) {
            throw ForetokenException.invalid(
                    ID, START + " and " + END + " need a " + ID + ": a text or a number, other than 0");
        }
        return id.isEmpty() ? Optional.empty() : Optional.of(new SessionUse(id, start, end));
    }

    /** Empty for none. */
    private static String sequence(Map<String, Object> values) {
        if (values.get(ID) instanceof String text) {
            if (text.length() > SessionUse.MAX_ID) {
                throw ForetokenException.invalid(
                        ID,
                        ID + " has " + text.length() + " characters, at most " + SessionUse.MAX_ID + " are allowed");
            }
            return text.equals(NO_SEQUENCE) ? "" : text;
        }
        String number = Long.toUnsignedString(number(
                values, ID, "an integer of at most 64 bits or a text of at most " + SessionUse.MAX_ID + " characters"));
        return number.equals(NO_SEQUENCE) ? "" : number;
    }

    /** 0 = what the server takes for granted, 1 = the most urgent. */
    private static Optional<Priority> priority(Map<String, Object> values) {
        long number = number(values, PRIORITY);
        if (number < 0) {
            throw ForetokenException.invalid(PRIORITY, PRIORITY + "=" + number + ", must be 0 or more");
        }
        if (number == 0) {
            return Optional.empty();
        }
        Priority[] classes = Priority.values();
        return Optional.of(classes[(int) Math.min(number - 1, classes.length - 1)]);
    }

    private static Optional<Duration> timeout(Map<String, Object> values) {
        long micros = number(values, TIMEOUT);
        if (micros < 0 || micros > Long.MAX_VALUE / 1000) {
            throw ForetokenException.invalid(TIMEOUT, TIMEOUT + "=" + micros + ", must be microseconds, 0 = none");
        }
        return micros == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(micros * 1000));
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE when tensors are to be read or written where only the caller and this machine see them */
    public static void refuseSharedMemory(Set<String> names) {
        if (names.contains(SHARED_MEMORY)) {
            throw new ForetokenException(
                            ErrorCode.UNSUPPORTED_FEATURE,
                            SHARED_MEMORY
                                    + " is not offered here; send the tensors with the request, and read them of the answer")
                    .withParam(SHARED_MEMORY);
        }
    }

    private static boolean flag(Map<String, Object> values, String name) {
        Object value = values.getOrDefault(name, Boolean.FALSE);
        if (!(value instanceof Boolean flag)) {
            throw ForetokenException.invalid(name, name + " must be true or false");
        }
        return flag;
    }

    private static long number(Map<String, Object> values, String name) {
        return number(values, name, "an integer of at most 64 bits");
    }

    private static long number(Map<String, Object> values, String name, String expected) {
        Object value = values.getOrDefault(name, 0L);
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof BigInteger big && big.signum() > 0 && big.bitLength() <= Long.SIZE) {
            return big.longValue();
        }
        throw ForetokenException.invalid(name, name + " must be " + expected);
    }

    /** Its own priority before that of the caller's connection; the shorter of the caller's times and the server's longest. */
    public ServiceLevel service(Optional<Priority> otherwise, Optional<Duration> transport, Duration longest) {
        Duration shortest = longest;
        for (Duration each : new Duration[] {timeout.orElse(longest), transport.orElse(longest)}) {
            shortest = each.compareTo(shortest) < 0 ? each : shortest;
        }
        return new ServiceLevel(
                priority.or(() -> otherwise).orElse(Priority.NORMAL), Optional.of(shortest), Optional.empty());
    }
}

package dev.foretoken.registry.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a job's row keeps of its order.
 *
 * @param calibration digest of the blob with the token ids
 */
public record JobSpec(String method, Map<String, String> parameters, Optional<Digest> calibration, int threads) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public JobSpec {
        parameters = Map.copyOf(parameters);
    }

    /** Of an order; nothing is stored. */
    public static JobSpec of(JobOrder order) {
        Optional<Digest> calibration = order.calibration().isEmpty()
                ? Optional.empty()
                : Optional.of(Digest.of(TokenFile.write(order.calibration())));
        return new JobSpec(order.method(), order.parameters(), calibration, order.threads());
    }

    /** Whether both give the same variant: that does not depend on threads. */
    public boolean makesTheSame(JobSpec other) {
        return method.equals(other.method)
                && parameters.equals(other.parameters)
                && calibration.equals(other.calibration);
    }

    public String json() {
        try {
            return JSON.writeValueAsString(new Fields(
                    method,
                    new TreeMap<>(parameters),
                    calibration.map(Digest::toString).orElse(null),
                    threads));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of texts could not be written as JSON", e);
        }
    }

    public static JobSpec parse(String json) {
        try {
            Fields fields = JSON.readValue(json, Fields.class);
            return new JobSpec(
                    fields.method(),
                    fields.parameters(),
                    Optional.ofNullable(fields.calibration()).map(Digest::parse),
                    fields.threads());
        } catch (JsonProcessingException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "a job's order in the database cannot be read", e);
        }
    }

    /** How many threads compute: as ordered, or all that this machine has. */
    int threadsHere() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    private record Fields(
            String method,
            Map<String, String> parameters,
            @Nullable String calibration,
            int threads) {}
}

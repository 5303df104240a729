package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.gateway.turn.TurnLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How prompts come into the caches where requests do not say it.
 *
 * @param named by served name; counts before everything else
 * @param others for every other model, and for what a name leaves open; counts before what a variant says of itself
 * @param turns how much of chats' next turns is prepared ahead
 */
public record PredictionSettings(Map<String, PrefillChoice> named, PrefillChoice others, TurnLimits turns) {

    public static final PredictionSettings NONE =
            new PredictionSettings(Map.of(), PrefillChoice.NONE, TurnLimits.DEFAULT);

    private static final int MAX_DIGITS = 8;

    public PredictionSettings {
        named = Map.copyOf(named);
    }

    /** Reads what the options of the command line say, each {@code NAME=VALUE} or {@code VALUE}. */
    static PredictionSettings parse(List<String> modes, List<String> repairs, List<String> objectives) {
        Map<String, PrefillChoice> said = new HashMap<>();
        modes.forEach(text -> add(
                said,
                text,
                value -> new PrefillChoice(
                        known("prefill-mode", text, PrefillChoice.mode(value), PrefillChoice.MODES), null, null)));
        repairs.forEach(text -> add(
                said,
                text,
                value -> new PrefillChoice(
                        null, known("repair-by", text, PrefillChoice.repair(value), PrefillChoice.REPAIRS), null)));
        objectives.forEach(text -> add(
                said,
                text,
                value -> new PrefillChoice(
                        null,
                        null,
                        known("ttft-objective", text, millis(value), "a number of milliseconds, at least 1"))));
        PrefillChoice others = said.remove("");
        return new PredictionSettings(said, others == null ? PrefillChoice.NONE : others, TurnLimits.DEFAULT);
    }

    private static void add(Map<String, PrefillChoice> said, String text, Function<String, PrefillChoice> choice) {
        int equals = text.lastIndexOf('=');
        PrefillChoice value = choice.apply(text.substring(equals + 1));
        said.merge(text.substring(0, Math.max(0, equals)), value, (before, more) -> more.or(before));
    }

    private static <T> T known(String key, String text, Optional<T> value, String expected) {
        return value.orElseThrow(() -> new ForetokenException(
                ErrorCode.CONFIG_INVALID, key + "=" + text + ", must be [NAME=]VALUE, VALUE " + expected));
    }

    private static Optional<Duration> millis(String text) {
        return text.length() <= MAX_DIGITS && text.matches("0*[1-9][0-9]*")
                ? Optional.of(Duration.ofMillis(Long.parseLong(text)))
                : Optional.empty();
    }

    PredictionSettings preparing(TurnLimits limits) {
        return new PredictionSettings(named, others, limits);
    }

    /**
     * What requests of a served name get that do not say it.
     *
     * @param variant what the variant that the name leads to says of itself; whoever serves it may say otherwise
     */
    public PrefillChoice of(String name, PrefillChoice variant) {
        return named.getOrDefault(name, PrefillChoice.NONE).or(others).or(variant);
    }

    /** @throws ForetokenException CONFIG_INVALID where {@code predicted} was said of a model that turned out to have no predictor */
    public void requireOffered(String name, List<PrefillMode> modes) {
        require(
                of(name, PrefillChoice.NONE).mode() != PrefillMode.PREDICTED || modes.contains(PrefillMode.PREDICTED),
                "prefill-mode",
                name + "=predicted",
                "exact or auto: this model has no predictor");
    }

    /**
     * Every name is that of a model that is served, and {@code predicted} is said of a model: not every model has a predictor.
     *
     * @param offered models of the registry, which serve several names
     */
    void requireNamesIn(List<ModelMount> served, List<RegistryMount> offered) {
        for (String name : named.keySet()) {
            boolean known = served.stream().anyMatch(model -> model.name().equals(name))
                    || offered.stream().anyMatch(mount -> mount.serves(name));
            require(known, "prefill-mode, repair-by or ttft-objective", name + "=", "for a model that is served");
        }
        require(
                others.mode() != PrefillMode.PREDICTED || served.size() + offered.size() == 1,
                "prefill-mode",
                "predicted",
                "NAME=predicted where several models are served: not every one has a predictor");
    }
}

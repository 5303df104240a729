package dev.foretoken.scheduler.host;

import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.prefill.PrefillChoice;
import java.lang.System.Logger;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Counts, for one variant, what was chosen for the prompts that left the choice open, and why; the estimates go to the log. */
final class PrefillMetrics implements Consumer<PrefillChoice> {

    private static final Logger LOG = System.getLogger(PrefillMetrics.class.getName());
    private static final double MILLIS = 1e-6;
    private static final Metric CHOICES = Metric.of(
            "foretoken_prefill_choices_total",
            "Prompts that were left open whether to be computed or predicted, by what was chosen and why",
            "model_name",
            "prefill_mode",
            "reason");

    private final String model;
    private final Map<PrefillChoice.Reason, Counter> choices = new EnumMap<>(PrefillChoice.Reason.class);

    PrefillMetrics(Telemetry telemetry, String model) {
        this.model = model;
        for (PrefillChoice.Reason reason : PrefillChoice.Reason.values()) {
            choices.put(reason, telemetry.counter(CHOICES, model, lower(reason.mode()), lower(reason)));
        }
    }

    @Override
    public void accept(PrefillChoice choice) {
        Counter counter = choices.get(choice.reason());
        if (counter != null) {
            counter.add(1);
        }
        if (LOG.isLoggable(Logger.Level.DEBUG)) {
            LOG.log(
                    Logger.Level.DEBUG,
                    "A prompt of {0} is {1} ({2}): {3,number,#} ms to its first token computed, {4,number,#} ms predicted",
                    model,
                    lower(choice.mode()),
                    lower(choice.reason()),
                    choice.computedNanos() * MILLIS,
                    choice.predictedNanos() * MILLIS);
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}

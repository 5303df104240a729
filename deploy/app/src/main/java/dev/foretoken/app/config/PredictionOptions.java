package dev.foretoken.app.config;

import dev.foretoken.gateway.turn.TurnLimits;
import java.util.List;
import picocli.CommandLine.Option;

/** Options about how prompts come into the caches: the answers to what requests do not say. */
public final class PredictionOptions {

    @Option(
            names = "--prefill-mode",
            paramLabel = "[NAME=]MODE",
            split = ",",
            defaultValue = "${env:FORETOKEN_PREFILL_MODE}",
            description =
                    "How prompts of requests that do not say it come into the caches: exact, predicted (sooner and approximate, for the model NAME with a predictor) or auto; repeatable. Counts before what a variant of the registry says, and with NAME before what is said without. Default: what the variant says, else exact.")
    List<String> modes = List.of();

    @Option(
            names = "--repair-by",
            paramLabel = "[NAME=]WHEN",
            split = ",",
            defaultValue = "${env:FORETOKEN_REPAIR_BY}",
            description =
                    "When predicted keys and values are replaced by exact ones: slack (when nobody needs the time), never, or after how many generated tokens; repeatable. Default: slack.")
    List<String> repairs = List.of();

    @Option(
            names = "--ttft-objective",
            paramLabel = "[NAME=]MILLIS",
            split = ",",
            defaultValue = "${env:FORETOKEN_TTFT_OBJECTIVE}",
            description =
                    "Time to first token that requests hope for which do not say one, in milliseconds: auto predicts prompts that would miss it; repeatable. Default: none.")
    List<String> objectives = List.of();

    @Option(
            names = "--max-prepared-turns",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_PREPARED_TURNS:-64}",
            description =
                    "Next turns of chats (prepare_next_turn) that are prepared at once, half of them for one key; more are dropped. 0 = none, and requests that ask for it are refused. Default: ${DEFAULT-VALUE}.")
    int maxPreparedTurns = TurnLimits.DEFAULT.maxPending();

    PredictionSettings settings() {
        return PredictionSettings.parse(modes, repairs, objectives)
                .preparing(TurnLimits.DEFAULT.withMaxPending(maxPreparedTurns));
    }
}

package dev.foretoken.bench.eval;

import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.PrefillAsk;
import dev.foretoken.bench.client.PrefillOptions;
import dev.foretoken.bench.client.ServerChoice;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.registry.measure.EvalSet;
import dev.foretoken.registry.measure.HeldOutText;
import dev.foretoken.registry.measure.Parallel;
import dev.foretoken.registry.measure.Question;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures the quality of a served model on the demo model's evaluation set. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Asks a served model the questions of the evaluation set and scores held-out texts.",
        footer = {"", "Exit status: 0 when every request was answered, 1 when some failed, 2 for wrong arguments."})
public final class Eval implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "Address of the server (default: ${DEFAULT-VALUE}).")
    private String url = "";

    @Option(names = "--limit", paramLabel = "N", description = "At most N questions and N texts, spread over the set.")
    private int limit = Integer.MAX_VALUE;

    @Option(
            names = "--concurrency",
            defaultValue = "8",
            description = "Requests at a time (default: ${DEFAULT-VALUE}).")
    private int concurrency;

    @Mixin
    private ServerChoice access = new ServerChoice();

    @Mixin
    private EvalSetChoice set = new EvalSetChoice();

    @Mixin
    private PrefillOptions prefill = new PrefillOptions();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (limit < 1 || concurrency < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--limit %d --concurrency %d; expected both at least 1".formatted(limit, concurrency));
        }
        PrefillAsk ask = ask();
        EvalSet items = set.read().limitedTo(limit);
        try (OpenAiClient client = access.open(url, spec)) {
            String asked = access.model(client);
            EvalReport report = evaluate(items, new ServedModel(client, asked, ask))
                    .report(result.provenance(access.arguments(spec)), url, asked);
            result.show(spec, EvalTables.render(report), report);
            return report.failed() == 0 ? 0 : 1;
        }
    }

    private PrefillAsk ask() {
        try {
            return prefill.ask();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Tally evaluate(EvalSet items, ServedModel served) throws InterruptedException {
        Tally tally = new Tally();
        List<Question> questions = items.questions();
        try (ProgressBar bar = ProgressBar.onStandardError("questions")) {
            tally.answers(
                    questions,
                    Parallel.map(
                            questions,
                            concurrency,
                            question -> served.answer(question.prompt()),
                            done -> bar.update(done, questions.size(), done + " of " + questions.size())));
        }
        List<HeldOutText> texts = items.texts();
        try (ProgressBar bar = ProgressBar.onStandardError("texts")) {
            tally.scores(
                    texts,
                    Parallel.map(
                            texts,
                            concurrency,
                            text -> served.score(text.text()),
                            done -> bar.update(done, texts.size(), done + " of " + texts.size())));
        }
        return tally;
    }
}

package dev.foretoken.bench.chat;

import static dev.foretoken.bench.report.Format.seconds;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.PrefillAsk;
import dev.foretoken.bench.client.PrefillOptions;
import dev.foretoken.bench.client.ServerChoice;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.serve.Words;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures what the turns of conversations wait for their first token. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures times to first token by turn of a chat, with and without the next turn being prepared, in turns.",
        footer = {"", "Example: bench chat http://127.0.0.1:8080 --words 150 --turns 4"})
public final class ChatCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "URL", description = "Address of the server, with or without /v1.")
    private String url = "";

    @Option(
            names = "--conversations",
            defaultValue = "5",
            description = "Of each kind, after one of each that does not count (default: ${DEFAULT-VALUE}).")
    private int conversations;

    @Option(names = "--turns", defaultValue = "4", description = "Of each conversation (default: ${DEFAULT-VALUE}).")
    private int turns;

    @Option(
            names = "--words",
            defaultValue = "150",
            description = "Of each message of the user (default: ${DEFAULT-VALUE}).")
    private int words;

    @Option(
            names = "--output",
            defaultValue = "64",
            description = "Most tokens of an answer (default: ${DEFAULT-VALUE}).")
    private int output;

    @Option(
            names = "--pause",
            defaultValue = "500",
            paramLabel = "MS",
            description = "Between an answer's end and the next message (default: ${DEFAULT-VALUE}).")
    private int pauseMillis;

    @Option(names = "--seed", defaultValue = "1", description = "Decides every message (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private PrefillOptions prefill = new PrefillOptions();

    @Mixin
    private ServerChoice access = new ServerChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (conversations < 1 || turns < 1 || words < 1 || output < 1 || pauseMillis < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--conversations %d --turns %d --words %d --output %d --pause %d; expected at least 1, the pause 0"
                            .formatted(conversations, turns, words, output, pauseMillis));
        }
        try (OpenAiClient client = access.open(url, spec)) {
            ChatReport report = measure(client, access.model(client));
            result.show(spec, render(report), report);
            return 0;
        }
    }

    private ChatReport measure(OpenAiClient client, String model) throws InterruptedException {
        PrefillAsk asked = asked();
        List<List<Conversation.Turn>> plain = new ArrayList<>();
        List<List<Conversation.Turn>> prepared = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            plain.add(new ArrayList<>());
            prepared.add(new ArrayList<>());
        }
        try (ProgressBar bar = ProgressBar.onStandardError("bench chat")) {
            for (int i = 0; i <= conversations; i++) {
                bar.update(i, conversations + 1.0, "conversation " + i);
                converse(new Conversation(client, model, asked, false), 2L * i, i > 0 ? plain : List.of());
                converse(new Conversation(client, model, asked, true), 2L * i + 1, i > 0 ? prepared : List.of());
            }
        }
        List<ChatReport.TurnReport> reports = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            reports.add(new ChatReport.TurnReport(
                    turn + 1, ChatReport.Kind.of(plain.get(turn)), ChatReport.Kind.of(prepared.get(turn))));
        }
        return new ChatReport(
                ChatReport.SCHEMA,
                result.provenance(access.arguments(spec)),
                url,
                model,
                conversations,
                words,
                output,
                pauseMillis / 1e3,
                asked,
                reports);
    }

    private PrefillAsk asked() {
        try {
            return prefill.ask();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** @param kept where turns go, one list for each; empty: they do not count */
    private void converse(Conversation conversation, long number, List<List<Conversation.Turn>> kept)
            throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (number + 1));
        for (int turn = 0; turn < turns; turn++) {
            Conversation.Turn took = conversation.say(Words.sentence(words, random), output);
            if (!kept.isEmpty()) {
                kept.get(turn).add(took);
            }
            Thread.sleep(Duration.ofMillis(pauseMillis));
        }
    }

    private static String render(ChatReport report) {
        Table table = new Table(
                "turn", "prompt tokens", "TTFT plain", "new tokens", "TTFT prepared", "new tokens", "plain / prepared");
        for (ChatReport.TurnReport turn : report.turns()) {
            double plain = turn.plain().ttftSeconds().median();
            double prepared = turn.prepared().ttftSeconds().median();
            table.row(
                    Integer.toString(turn.turn()),
                    significant(turn.prepared().promptTokens().median()),
                    seconds(plain),
                    significant(turn.plain().newTokens().median()),
                    seconds(prepared),
                    significant(turn.prepared().newTokens().median()),
                    significant(plain / prepared));
        }
        return "%s, model %s, %d conversations of each kind, messages of %d words, medians\n%s\n\n%s"
                .formatted(
                        report.url(),
                        report.model(),
                        report.conversations(),
                        report.words(),
                        report.provenance().machine().sentence(),
                        table.render());
    }
}

package dev.foretoken.app.command;

import dev.foretoken.app.config.EngineOptions;
import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.ModelMount;
import dev.foretoken.app.local.AnswerOptions;
import dev.foretoken.app.local.AnswerPrinter;
import dev.foretoken.app.local.LocalModel;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.answer.AnswerStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers one prompt and ends. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Answers one prompt on the terminal, without a server.",
        sortOptions = false)
final class RunCommand implements Callable<Integer> {

    @Parameters(
            arity = "1..2",
            paramLabel = "[MODEL] PROMPT",
            description =
                    "A checkpoint directory, GGUF file or recipe (default: the demo model), and the prompt; - reads it from standard input.")
    private List<String> words = List.of();

    @Option(names = "--raw", description = "Continue the prompt as it is, without the chat template.")
    private boolean raw;

    @Mixin
    private AnswerOptions answer = new AnswerOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Override
    public Integer call() throws InterruptedException {
        String prompt = prompt(words.getLast());
        ModelMount mount = ModelMount.parse(words.size() == 2 ? words.getFirst() : ModelLocation.DEMO);
        try (LocalModel model = LocalModel.open(mount, engine.settings())) {
            boolean complete = raw || !model.hasChat();
            try (AnswerStream stream = complete
                    ? model.complete(prompt, answer)
                    : model.chat(List.of(Map.of("role", "user", "content", prompt)), answer)) {
                new AnswerPrinter(System.out).print(stream);
            }
        }
        return 0;
    }

    private static String prompt(String word) {
        if (!word.equals("-")) {
            return word;
        }
        try {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "the prompt cannot be read from standard input: " + e.getMessage(), e);
        }
    }
}

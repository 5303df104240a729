package dev.foretoken.app.command;

import dev.foretoken.app.config.EngineOptions;
import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.ModelMount;
import dev.foretoken.app.local.AnswerOptions;
import dev.foretoken.app.local.ChatSession;
import dev.foretoken.app.local.LocalModel;
import dev.foretoken.app.terminal.ProductVersion;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Talks with a model. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Talks with a model on the terminal, without a server. /help lists what can be typed.",
        sortOptions = false)
final class ChatCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            defaultValue = ModelLocation.DEMO,
            description = "A checkpoint directory, GGUF file or recipe. Default: the demo model.")
    private String model = ModelLocation.DEMO;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message at the start of the conversation.")
    private @Nullable String system;

    @Mixin
    private AnswerOptions answer = new AnswerOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (LocalModel opened = LocalModel.open(ModelMount.parse(model), engine.settings())) {
            new ChatSession(opened, answer, system).talk();
        }
        return 0;
    }
}

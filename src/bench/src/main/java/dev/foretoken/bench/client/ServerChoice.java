package dev.foretoken.bench.client;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of every command that asks a server: which of its models, and with what key. */
public final class ServerChoice {
    @Option(names = "--model", description = "Model to ask for. Default: the first one the server lists.")
    private @Nullable String model;

    @Option(
            names = "--api-key",
            description = "Sent as a bearer token (default: the variable FORETOKEN_API_KEY).",
            defaultValue = "${env:FORETOKEN_API_KEY}")
    private @Nullable String apiKey;

    /**
     * A client of the server at {@code url}.
     *
     * @throws ParameterException when that is no HTTP address
     */
    public OpenAiClient open(String url, CommandSpec command) {
        try {
            return new OpenAiClient(url, apiKey, System::nanoTime);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    public String model(OpenAiClient client) throws IOException, InterruptedException {
        return model != null ? model : client.firstModel();
    }

    /** The arguments as typed, except that a key must not reach a file. */
    public List<String> arguments(CommandSpec command) {
        return command.commandLine().getParseResult().originalArgs().stream()
                .map(typed -> apiKey == null || apiKey.isEmpty() ? typed : typed.replace(apiKey, "***"))
                .toList();
    }
}

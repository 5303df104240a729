package dev.foretoken.bench;

import dev.foretoken.bench.batch.BatchCommand;
import dev.foretoken.bench.chat.ChatCommand;
import dev.foretoken.bench.checkpoint.MakeModelCommand;
import dev.foretoken.bench.cluster.ClusterCommand;
import dev.foretoken.bench.costs.CostsCommand;
import dev.foretoken.bench.embedding.EmbeddingCommand;
import dev.foretoken.bench.engine.AdaptersCommand;
import dev.foretoken.bench.engine.ContextCommand;
import dev.foretoken.bench.engine.EngineCommand;
import dev.foretoken.bench.engine.RecipeCommand;
import dev.foretoken.bench.eval.Eval;
import dev.foretoken.bench.experts.ExpertsCommand;
import dev.foretoken.bench.gateway.GatewayCommand;
import dev.foretoken.bench.gateway.PodsCommand;
import dev.foretoken.bench.graph.GraphCommand;
import dev.foretoken.bench.jmh.JmhCommand;
import dev.foretoken.bench.load.LoadCommand;
import dev.foretoken.bench.prediction.PredictionCommand;
import dev.foretoken.bench.prediction.PrefillCommand;
import dev.foretoken.bench.probe.ProbeCommand;
import dev.foretoken.bench.quality.QualityCommand;
import dev.foretoken.bench.serve.GoodputCommand;
import dev.foretoken.bench.serve.ServeCommand;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of {@code bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures servers, engines and machines.",
        subcommands = {
            ServeCommand.class,
            GoodputCommand.class,
            ChatCommand.class,
            ClusterCommand.class,
            EngineCommand.class,
            ContextCommand.class,
            CostsCommand.class,
            AdaptersCommand.class,
            RecipeCommand.class,
            PrefillCommand.class,
            PredictionCommand.class,
            QualityCommand.class,
            LoadCommand.class,
            GatewayCommand.class,
            PodsCommand.class,
            BatchCommand.class,
            MakeModelCommand.class,
            ExpertsCommand.class,
            GraphCommand.class,
            EmbeddingCommand.class,
            ProbeCommand.class,
            JmhCommand.class,
            Eval.class
        })
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) {
        // Servers close idle connections after a few seconds (many after 5): let go of them first.
        System.setProperty("jdk.httpclient.keepalive.timeout", "3");
        System.setProperty(
                "slf4j.internal.verbosity", "ERROR"); // libraries say on standard error that nobody keeps their log
        System.exit(commandLine().execute(withoutOwnName(arguments)));
    }

    /** {@code ./foretoken bench serve} hands on its whole command line. */
    static String[] withoutOwnName(String[] arguments) {
        boolean named = arguments.length > 0 && arguments[0].equals("bench");
        return named ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
    }
}

package dev.foretoken.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.app.config.AdminClientOptions;
import dev.foretoken.app.terminal.ProductVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code foretoken rollouts}: the scoreboard of a running gateway. */
@Command(
        name = "rollouts",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Shows how the rollouts of a running server go: switches under load, canaries, and what shadows were found to answer.",
        footer = {"", "Rollouts are given to 'serve' by --rollouts; src/docs/rollouts.md has an example of each."},
        sortOptions = false)
final class RolloutsCommand implements Callable<Integer> {

    @Mixin
    private AdminClientOptions server = new AdminClientOptions();

    @Option(names = "--json", description = "As JSON, as the server sent it.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        JsonNode scoreboard = new ObjectMapper().readTree(server.get("/admin/v1/rollouts", System.getenv()));
        if (json) {
            System.out.println(scoreboard.toPrettyString());
        } else {
            RolloutsText.table(scoreboard).print(System.out);
        }
        return 0;
    }
}

package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.app.config.AdminClientOptions;
import dev.foretoken.app.terminal.ProductVersion;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One decision with all that was seen. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Shows one decision: its candidates, what was seen of each, its score, and why it was not chosen.",
        sortOptions = false)
final class ShowCommand implements Callable<Integer> {

    @Mixin
    private AdminClientOptions server = new AdminClientOptions();

    @Parameters(paramLabel = "ID", description = "As the header x-foretoken-route names it.")
    private String id = "";

    @Option(names = "--json", description = "As JSON, as the server sent it.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode decision = RouteServer.at(server, System.getenv())
                .get(RouteServer.ROUTES + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8));
        if (json) {
            System.out.println(decision.toPrettyString());
        } else {
            System.out.println(RoutesText.summary(decision));
            if (!decision.path("candidates").isEmpty()) {
                RoutesText.candidates(decision).print(System.out);
            }
        }
        return 0;
    }
}

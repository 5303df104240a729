package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.app.config.AdminClientOptions;
import dev.foretoken.app.terminal.ProductVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One line for each decision. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Lists the decisions that a running server remembers, newest first.",
        sortOptions = false)
final class ListCommand implements Callable<Integer> {

    @Mixin
    private AdminClientOptions server = new AdminClientOptions();

    @Mixin
    private RouteFilterOptions filter = new RouteFilterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many at most, 0 to 1000. Default: ${DEFAULT-VALUE}.")
    private int limit = 20;

    @Option(names = "--json", description = "As JSON, as the server sent it.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode page =
                RouteServer.at(server, System.getenv()).get(RouteServer.ROUTES + "?limit=" + limit + filter.query());
        if (json) {
            System.out.println(page.toPrettyString());
        } else if (page.path("decisions").isEmpty()) {
            System.out.println("no such decision is remembered");
        } else {
            RoutesText.list(page).print(System.out);
        }
        return 0;
    }
}

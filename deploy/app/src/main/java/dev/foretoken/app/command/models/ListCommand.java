package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.registry.ModelSummary;
import dev.foretoken.registry.Registry;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One line for each model. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Lists the models of the registry.",
        sortOptions = false)
final class ListCommand implements Callable<Integer> {

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        try (Registry registry = access.open()) {
            List<ModelSummary> models = registry.models();
            access.print(
                    () -> RegistryJson.list("models", models, RegistryJson::summary),
                    out -> print(registry, models, out));
        }
        return 0;
    }

    static void print(Registry registry, List<ModelSummary> models, PrintStream out) {
        if (models.isEmpty()) {
            out.println("the registry is empty; add a model: foretoken models import NAME PATH");
            return;
        }
        Table table = new Table("MODEL", "KIND", ">NEWEST", ">VERSIONS", ">VARIANTS", ">SIZE", "ALIASES");
        for (ModelSummary model : models) {
            table.row(
                    model.name(),
                    ModelKind.of(registry, model),
                    "@" + model.newest(),
                    Integer.toString(model.versions()),
                    Integer.toString(model.variants()),
                    Figures.bytes(model.bytes()),
                    model.aliases().stream()
                            .map(alias -> alias.name() + " -> " + Wording.within(alias.target()))
                            .collect(Collectors.joining(", ")));
        }
        table.print(out);
    }
}

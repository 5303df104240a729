package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.registry.AliasChange;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Points an alias at a variant, removes it, or shows where it has pointed. */
@Command(
        name = "alias",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Points an alias at a variant, at once for everybody; running requests finish on the old one.",
        footer = {
            "",
            "Example: foretoken models alias toy:prod toy@3/q4",
            "         foretoken models alias toy:prod toy@3/auto    the best variant that fits where it is served"
        },
        sortOptions = false)
final class AliasCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "MODEL:ALIAS", description = "The alias.")
    private String alias = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TARGET",
            description = "toy@3/q4, toy@3, toy@3/auto or toy:OTHER. Without it, shows where the alias has pointed.")
    @Nullable
    private String target;

    @Option(names = "--remove", description = "Removes the alias.")
    private boolean remove;

    @Option(names = "--why", paramLabel = "TEXT", defaultValue = "", description = "Kept in the alias's history.")
    private String why = "";

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        if (!(Reference.parse(alias) instanceof Reference.Alias(String model, String name))) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "'" + alias + "' is no alias; write MODEL:ALIAS, as in toy:prod");
        }
        if (remove && target != null) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "--remove takes the alias away; give a target or --remove, not both");
        }
        try (Registry registry = access.open()) {
            if (remove) {
                registry.removeAlias(model, name, why);
                access.print(
                        () -> RegistryJson.list("removed", List.of(alias), RegistryJson::text),
                        out -> out.println("removed " + alias));
            } else if (target == null) {
                show(registry.model(model), name);
            } else {
                set(registry.setAlias(model, name, Reference.parse(target), why));
            }
        }
        return 0;
    }

    private void set(AliasChange change) {
        access.print(
                () -> RegistryJson.change(change),
                out -> out.println(alias + " -> " + change.to()
                        + change.from().map(from -> " (was " + from + ")").orElse("")));
    }

    private void show(ModelDetail model, String name) {
        access.print(
                () -> RegistryJson.list(
                        "moves",
                        model.moves().stream()
                                .filter(move -> move.name().equals(name))
                                .toList(),
                        RegistryJson::move),
                out -> history(model, name, out));
    }

    private static void history(ModelDetail model, String name, PrintStream out) {
        Table table = new Table("MOVED", "TO", "FROM", "WHY");
        model.moves().stream()
                .filter(move -> move.name().equals(name))
                .forEach(move -> table.row(
                        Figures.time(move.moved()) + " UTC",
                        move.to().map(VariantRef::toString).orElse("(removed)"),
                        move.from().map(VariantRef::toString).orElse("(new)"),
                        move.why()));
        if (table.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_NOT_FOUND,
                    model.name() + " has no alias '" + name + "'; point one at a variant: foretoken models alias "
                            + model.name() + ":" + name + " " + model.name() + "@1");
        }
        table.print(out);
    }
}

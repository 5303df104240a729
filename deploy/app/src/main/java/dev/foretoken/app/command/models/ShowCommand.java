package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.gateway.registry.VariantJson;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.name.Reference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A model with all its versions, or one variant with everything that is known of it. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Shows a model: versions, variants, aliases, gate; or one variant (toy@3/q4, toy:prod): digests, lineage, provenance, signatures.",
        sortOptions = false)
final class ShowCommand implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL", description = "toy, toy@3/q4 or toy:prod.")
    private String name = "";

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        Reference reference = Reference.parse(name);
        try (Registry registry = access.open()) {
            if (reference instanceof Reference.Newest newest) {
                ModelDetail model = registry.model(newest.model());
                access.print(() -> RegistryJson.model(model), out -> ModelText.print(model, out));
            } else {
                VariantDetail variant = registry.variant(registry.resolve(reference));
                access.print(
                        () -> VariantJson.of(variant),
                        out -> VariantText.print(variant, GraphText.of(registry, variant), out));
            }
        }
        return 0;
    }
}

package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes a version or a variant that no alias needs. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = {
            "Removes a version (toy@3) with its variants, or one variant (toy@3/q4); refused while an alias or a job needs it.",
            "Its bytes go with the next 'models gc'."
        },
        sortOptions = false)
final class RemoveCommand implements Callable<Integer> {

    @Parameters(paramLabel = "VERSION|VARIANT", description = "toy@3 or toy@3/q4.")
    private String name = "";

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        Reference reference = Reference.parse(name);
        try (Registry registry = access.open()) {
            switch (reference) {
                case Reference.AtVersion(String model, int version) -> registry.removeVersion(model, version);
                case Reference.Exact(VariantRef ref) -> registry.removeVariant(ref);
                case Reference.Newest _, Reference.Alias _ ->
                    throw new ForetokenException(
                            ErrorCode.INVALID_REQUEST,
                            "'" + name
                                    + "' may mean another version tomorrow; write toy@VERSION or toy@VERSION/VARIANT (an alias is removed by: models alias "
                                    + reference.model() + ":ALIAS --remove)");
            }
            access.print(
                    () -> RegistryJson.list("removed", List.of(name), RegistryJson::text),
                    out -> out.println("removed " + name));
        }
        return 0;
    }
}

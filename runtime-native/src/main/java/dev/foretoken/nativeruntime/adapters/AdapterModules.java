package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The modules of a model that adapters can change, by name. Immutable once made; any thread reads it. */
final class AdapterModules {

    private static final String SUFFIX = ".weight";

    private final Map<String, AdapterModule> modules = new HashMap<>();

    AdapterModules(List<AdapterSite> sites) {
        for (AdapterSite site : sites) {
            for (int i = 0; i < site.linears().size(); i++) {
                add(site.linears().get(i), site, i);
            }
        }
    }

    private void add(Linear linear, AdapterSite site, int index) {
        if (linear.weight() instanceof MatrixRef ref
                && ref.tensor().endsWith(SUFFIX)
                && ref.shape().size() == 2) {
            String name = ref.tensor().substring(0, ref.tensor().length() - SUFFIX.length());
            modules.computeIfAbsent(name, key -> new AdapterModule(key, ref))
                    .use(ref, site.products().get(index), site.types().get(index));
        }
    }

    /** {@code module}: as PEFT names it, which may say where in a larger model the base is. */
    AdapterModule find(String module) {
        AdapterModule found = modules.get(module);
        int dot = module.indexOf('.');
        while (found == null && dot >= 0) {
            found = modules.get(module.substring(dot + 1));
            dot = module.indexOf('.', dot + 1);
        }
        if (found == null) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "The adapter changes module %s, which is no linear map of this model that takes adapters (the embedding, the head and experts do not, nor does anything of a GGUF file)"
                            .formatted(module));
        }
        found.requireWhole();
        return found;
    }
}

package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.registry.recipe.RecipeFields;
import java.util.List;

/** Makes an operation of the fields of a recipe. */
final class OperationReader {

    private static final List<String> NAMES = List.of(
            Drop.NAME,
            Share.NAME,
            KvMap.NAME,
            Loop.NAME,
            Width.NAME,
            Prune.NAME,
            LowRankMaps.NAME,
            SparseMaps.NAME,
            AliasHeads.NAME,
            FoldLayerNorm.NAME,
            ConstantNorms.NAME,
            FoldConstantNorms.NAME);

    private OperationReader() {}

    static Operation read(RecipeFields fields) {
        String name = fields.text("op");
        Operation operation = switch (name) {
            case Drop.NAME -> Drop.read(fields);
            case Share.NAME -> Share.read(fields);
            case KvMap.NAME -> KvMap.read(fields);
            case Loop.NAME -> Loop.read(fields);
            case Width.NAME -> Width.read(fields);
            case Prune.NAME -> Prune.read(fields);
            case LowRankMaps.NAME -> LowRankMaps.read(fields);
            case SparseMaps.NAME -> SparseMaps.read(fields);
            case AliasHeads.NAME -> AliasHeads.read(fields);
            case FoldLayerNorm.NAME -> new FoldLayerNorm();
            case ConstantNorms.NAME -> new ConstantNorms();
            case FoldConstantNorms.NAME -> new FoldConstantNorms();
            default -> throw fields.wrong("op", name, "one of " + String.join(", ", NAMES));
        };
        fields.requireNoOthers();
        return operation;
    }
}

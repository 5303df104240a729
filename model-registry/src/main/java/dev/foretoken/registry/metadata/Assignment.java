package dev.foretoken.registry.metadata;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.Reference;
import java.util.HashSet;
import java.util.List;

/**
 * What every runtime pod of a group serves.
 *
 * @param references at most {@value #MOST}, none twice; a model's name alone is none, since what it means changes with each import
 */
public record Assignment(String group, List<Reference> references) {

    /** More than any pod holds in memory. */
    public static final int MOST = 64;

    /** @throws ForetokenException INVALID_REQUEST */
    public Assignment {
        Names.require("group", group);
        references = List.copyOf(references);
        if (references.size() > MOST) {
            throw invalid("there are %d references, at most %d are allowed".formatted(references.size(), MOST));
        }
        for (Reference reference : references) {
            if (reference instanceof Reference.Newest) {
                throw invalid("%s names no version; write %s:ALIAS, %s@VERSION or %s@VERSION/VARIANT"
                        .formatted(reference, reference, reference, reference));
            }
        }
        if (new HashSet<>(references).size() < references.size()) {
            throw invalid("a reference is given twice among " + references);
        }
    }

    private ForetokenException invalid(String problem) {
        return new ForetokenException(
                ErrorCode.INVALID_REQUEST, "group '" + group + "' cannot be assigned: " + problem);
    }
}

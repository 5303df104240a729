package dev.foretoken.registry;

import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.metadata.AliasMove;
import dev.foretoken.registry.metadata.AliasTarget;
import java.util.List;
import java.util.Optional;

/**
 * Everything about a model.
 *
 * @param versions oldest first
 * @param aliases by name
 * @param moves of aliases, newest first, the latest hundred
 */
public record ModelDetail(
        String name,
        List<VersionDetail> versions,
        List<AliasTarget> aliases,
        List<AliasMove> moves,
        Optional<Gate> gate) {}

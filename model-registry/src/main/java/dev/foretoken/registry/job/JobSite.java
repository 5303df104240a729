package dev.foretoken.registry.job;

import dev.foretoken.contract.runtime.VariantWorkshop;
import dev.foretoken.registry.metadata.Metadata;
import java.time.Clock;

/** What every job of a runner works with. */
record JobSite(
        Metadata metadata,
        JobShelf shelf,
        VariantWorkshop workshop,
        VariantProbe probe,
        JobSettings settings,
        Clock clock) {}

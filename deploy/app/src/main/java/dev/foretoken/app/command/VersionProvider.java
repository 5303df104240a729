package dev.foretoken.app.command;

import picocli.CommandLine.IVersionProvider;

/** The version the jar's manifest holds. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = VersionProvider.class.getPackage().getImplementationVersion();
        return new String[] {"foretoken " + (version == null ? "development" : version)};
    }
}

package org.slotwarden.portal.batch;

import java.nio.file.Path;
import java.util.List;
import org.slotwarden.batch.BatchAccess;
import org.slotwarden.batch.BatchSystem;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** {@code slotwarden.batch.*}, for each batch system the same. */
@ConfigurationProperties("slotwarden.batch")
public record BatchSettings(
        @DefaultValue Commands slurm,
        @DefaultValue Commands gridengine,
        @DefaultValue Commands htcondor) {

    /**
     * @param runBy who runs the commands
     * @param commands folder of the commands on this host
     * @param environment of the commands on this host, each NAME=VALUE
     * @param cluster which the commands of this host reach, as agents call it; empty: the only one
     */
    public record Commands(
            @DefaultValue("none") RunBy runBy,
            @DefaultValue("/usr/bin") Path commands,
            @DefaultValue List<String> environment,
            @DefaultValue("") String cluster) {

        /** Nobody runs them. */
        public static final Commands NONE = new Commands(RunBy.NONE, Path.of("/usr/bin"), List.of(), "");

        public Commands {
            try {
                BatchAccess.of(commands, environment);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("slotwarden.batch: " + e.getMessage(), e);
            }
        }

        BatchAccess access() {
            return BatchAccess.of(commands, environment);
        }
    }

    Commands of(BatchSystem system) {
        return switch (system) {
            case SLURM -> slurm;
            case GRIDENGINE -> gridengine;
            case HTCONDOR -> htcondor;
        };
    }
}

/* Ranks that compute and agree on a sum after each turn: `parallel [SECONDS]`. After so many seconds the first
 * one waits for a message that nobody sends, the others for the sum. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words) {
    double end = count > 1 ? atof(words[1]) : 1e9;
    int rank, ranks;
    MPI_Init(&count, &words);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    double begin = MPI_Wtime(), value = rank, sum = 0;
    for (int turn = 0;; turn++) {
        for (int i = 0; i < 60000000; i++) {
            value = value * 0.9999999 + 1e-7;
        }
        int late = MPI_Wtime() - begin > end;
        MPI_Bcast(&late, 1, MPI_INT, 0, MPI_COMM_WORLD);
        if (late && rank == 0) {
            MPI_Recv(&sum, 1, MPI_DOUBLE, 1, 7, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        }
        MPI_Allreduce(&value, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        if (rank == 0) {
            printf("turn %d, sum %f\n", turn, sum);
            fflush(stdout);
        }
    }
}

# Read result folders of Infomorph, and start runs, from R. Base R is enough.
#
#   source("infomorph.R")
#   infomorph_run("memory-50", "run")          # starts it and waits
#   s <- infomorph_summary("run"); s["recall.clean.mean_overlap"]
#   infomorph_atoms("run"); infomorph_weights("run"); infomorph_spikes("run")
#
# Times are simulated microseconds (column time_us), information is in bits.
# Tables are read from their CSV copies, or through the program itself
# (infomorph export): infomorph on the PATH, or the one that the environment
# variable INFOMORPH names.

infomorph_program <- function() Sys.getenv("INFOMORPH", "infomorph")

# Runs the program; an exit code that is not in codes is an error.
infomorph_call <- function(args, codes = 0) {
  log <- tempfile()
  on.exit(unlink(log))
  code <- suppressWarnings(system2(infomorph_program(), shQuote(args), stdout = log, stderr = log))
  if (!code %in% codes)
    stop("infomorph ended with code ", code, ":\n", paste(readLines(log, warn = FALSE), collapse = "\n"), call. = FALSE)
  invisible(code)
}

# Starts a run and waits for it. settings is a list by path, such as
# list(neuron.window = 64). Numbers in R are exact only below 2^53: give a larger
# seed as text. It is no error if scores miss an expectation.
infomorph_run <- function(scenario, out, seed = NULL, settings = list()) {
  args <- c("run", scenario, "--out", out, "--format", "csv", "--quiet")
  if (!is.null(seed)) args <- c(args, "--seed", format(seed, scientific = FALSE))
  for (key in names(settings)) {
    value <- settings[[key]]
    if (is.logical(value)) value <- tolower(as.character(value))
    args <- c(args, "--set", paste0(key, "=", format(value, scientific = FALSE)))
  }
  infomorph_call(args, c(0, 3))
  invisible(out)
}

# The names of the tables of a folder.
infomorph_tables <- function(folder) {
  files <- list.files(folder, pattern = "\\.(csv|parquet)$")
  sort(unique(sub("\\.(csv|parquet)$", "", files)))
}

# A table as a data frame; names keep their dots and brackets.
infomorph_table <- function(folder, name) {
  file <- file.path(folder, paste0(name, ".csv"))
  if (!file.exists(file)) {
    if (!name %in% infomorph_tables(folder))
      stop(folder, " has no table ", name, "; there are ", paste(infomorph_tables(folder), collapse = ", "), call. = FALSE)
    out <- tempfile()
    on.exit(unlink(out, recursive = TRUE))
    infomorph_call(c("export", folder, name, "--format", "csv", "--out", out))
    file <- file.path(out, paste0(name, ".csv"))
  }
  read.csv(file, check.names = FALSE)
}

infomorph_atoms <- function(folder) infomorph_table(folder, "pid")
infomorph_spikes <- function(folder) infomorph_table(folder, "spikes")
infomorph_weights <- function(folder, name = "trained") infomorph_table(folder, paste0("weights-", name))
infomorph_members <- function(folder) infomorph_table(folder, "members")
infomorph_presentations <- function(folder) {
  found <- intersect(c("presentations", "items", "recall"), infomorph_tables(folder))
  if (length(found) == 0) stop(folder, " has no table of presentations", call. = FALSE)
  infomorph_table(folder, found[1])
}

# Weights as a matrix [source, target], counted from 1: those of one port, or the
# sum over ports.
infomorph_matrix <- function(folder, name = "trained", port = NULL) {
  w <- infomorph_weights(folder, name)
  if (!is.null(port)) w <- w[w$port == port, ]
  n <- if (nrow(w) > 0) max(w$source, w$target) + 1 else 0
  m <- matrix(0, n, n)
  for (i in seq_len(nrow(w))) m[w$source[i] + 1, w$target[i] + 1] <- m[w$source[i] + 1, w$target[i] + 1] + w$weight[i]
  m
}

# Every score by its name; NA for null. Values that are texts or lists are left
# out, because base R cannot read JSON: see the file itself.
infomorph_summary <- function(folder) infomorph_numbers(file.path(folder, "summary.json"))

# How the run was made: the lines of manifest.json, as text.
infomorph_provenance <- function(folder) paste(readLines(file.path(folder, "manifest.json"), warn = FALSE), collapse = "\n")

# The numbers of a JSON object, by name.
infomorph_numbers <- function(file) {
  text <- paste(readLines(file, warn = FALSE), collapse = "\n")
  number <- "\"([^\"\\\\]+)\"[[:space:]]*:[[:space:]]*(-?[0-9][-+.eE0-9]*|null)"
  found <- regmatches(text, gregexpr(number, text))[[1]]
  values <- suppressWarnings(as.numeric(sub(number, "\\2", found)))
  names(values) <- sub(number, "\\1", found)
  values
}

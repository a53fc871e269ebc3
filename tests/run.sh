# Sourced by ./agentos: `./agentos test [PROJECT…] [-- OPTION…]` runs the test projects (all, or those whose name contains
# one of the given words), two at a time, against one PostgreSQL. The last line is the count of all of them.

run_tests() {
  local words=() options=() project
  while [ $# -gt 0 ] && [ "$1" != -- ]; do words+=("$1"); shift; done
  [ $# -gt 0 ] && shift && options=("$@")
  export AGENTOS_TEST_OPTIONS=${options[*]-}

  local projects=()
  for project in "$root"/tests/*.Tests; do
    [ -n "$(find "$project" -maxdepth 2 -name '*.cs' -not -path '*/obj/*' -print -quit)" ] || continue
    if [ ${#words[@]} = 0 ]; then projects+=("${project##*/}"); continue; fi
    local word; for word in "${words[@]}"; do case ${project##*/} in *"$word"*) projects+=("${project##*/}"); break ;; esac; done
  done
  [ ${#projects[@]} -gt 0 ] || { say "no test project matches: ${words[*]-}"; printf '0 passed, 0 failed\n'; exit 1; }

  test_tools "${projects[@]}"
  build_everything

  test_folder=$(mktemp -d "${TMPDIR:-/tmp}/agentos-test.XXXXXX")
  chmod 755 "$test_folder" # as root, the private PostgreSQL runs under another user
  trap end_tests EXIT
  trap 'exit 130' INT TERM
  mkdir "$test_folder/results" "$test_folder/running"
  start_test_postgres

  say "running ${projects[*]}"
  say_what_runs 8>&- & test_children+=($!)
  export -f run_project failures
  export root test_folder
  printf '%s\n' "${projects[@]}" | xargs -P "${AGENTOS_TEST_JOBS:-2}" -I{} bash -c 'run_project "$1"' - {} || true
  total
}

test_children=()

end_tests() {
  local child
  { exec 8>&-; } 2>/dev/null # PostgreSQL ends
  for child in ${test_children[@]+"${test_children[@]}"}; do
    [ "$child" = "${postgres-}" ] || kill "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  done
  test_children=()
  [ -z "${test_folder-}" ] || rm -rf "$test_folder"
}

test_tools() {
  check_dotnet; check_node
  need git git "Install git and run this again."
  check_sandbox
  case " $* " in *" Studio.Tests "*)
    have chromium-headless-shell || have chromium || have google-chrome || { can_install && { apt_install chromium-headless-shell || apt_install chromium; }; } ||
      say "chromium is missing: the browser tests will fail. Install it (Debian: apt-get install chromium-headless-shell)." ;;
  esac
}

# The whole solution, and beside it the build that tests run as a user would.
build_everything() {
  local stamp; stamp=$(fingerprint $(present "${sources[@]}" tests))
  lock
  npm_packages
  if [ "$(cat "$work/tested-build" 2>/dev/null)" != "$stamp" ]; then
    say "building everything (the first time takes a minute or two)"
    (cd "$root" && quietly "$work/build.log" dotnet build AgentOS.sln -c Release -v q --nologo -clp:NoSummary) ||
      { say "the build failed."; printf '0 passed, 1 failed\n'; exit 1; }
    printf '%s\n' "$stamp" >"$work/tested-build"
  fi
  stamp=$(fingerprint $(present "${sources[@]}"))
  is_current "$stamp" || publish "$stamp" --no-build
  unlock
  export AGENTOS_TEST_SERVER=$work/builds/$stamp/agentos.dll
}

# One PostgreSQL for all; it ends when the pipe that is its input does, so also when this script is killed.
start_test_postgres() {
  [ -z "${AGENTOS_TEST_POSTGRES-}" ] || return 0
  mkfifo "$test_folder/postgres.in"
  dotnet "$AGENTOS_TEST_SERVER" postgres "$test_folder/postgres" <"$test_folder/postgres.in" >"$test_folder/postgres.out" 2>"$test_folder/postgres.err" &
  postgres=$!
  test_children+=("$postgres")
  exec 8>"$test_folder/postgres.in"
  until [ -s "$test_folder/postgres.out" ]; do
    kill -0 "$postgres" 2>/dev/null || { cat "$test_folder/postgres.err" >&2; printf '0 passed, 1 failed\n'; exit 1; }
    sleep 0.1
  done
  AGENTOS_TEST_POSTGRES=$(cat "$test_folder/postgres.out")
  export AGENTOS_TEST_POSTGRES
}

say_what_runs() {
  local seconds=0 names pause
  trap 'kill "$pause"; exit 0' TERM
  while :; do
    sleep 30 & pause=$!
    wait "$pause"
    seconds=$((seconds + 30)) names=$(ls "$test_folder/running")
    [ -z "$names" ] || printf 'agentos: %s s: running %s\n' "$seconds" "$(echo $names)" >&2
  done
}

# Runs one project to its end and prints its result in one piece; the numbers go to a file.
run_project() {
  local name=$1 log="$test_folder/$1.log" start=$SECONDS result
  local limit=(); command -v timeout >/dev/null && limit=(timeout --kill-after=10 "${AGENTOS_TEST_SECONDS:-1500}")
  local report=(); [ -z "${AGENTOS_TEST_REPORTS-}" ] || report=(-xml "$AGENTOS_TEST_REPORTS/$name.xml")
  mkdir "$test_folder/tmp.$name"; chmod 755 "$test_folder/tmp.$name"
  : >"$test_folder/running/$name"
  result=0
  (cd "$root" && TMPDIR=$test_folder/tmp.$name "${limit[@]}" dotnet "tests/$name/bin/Release/net10.0/"*"$name.dll" \
    -noColor -noLogo -noAutoReporters -longRunning 120 "${report[@]}" ${AGENTOS_TEST_OPTIONS-} >"$log" 2>&1 </dev/null 8>&-) || result=$?
  rm -f "$test_folder/running/$name"

  local counts; counts=$(sed -nE 's/.* Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+),.*/\1 \2 \3 \4 \5/p' "$log" | tail -n 1)
  local ran=0 errors=0 failed=0 skipped=0 idle=0
  [ -n "$counts" ] && read -r ran errors failed skipped idle <<<"$counts"
  local passed=$((ran - failed - skipped - idle)); failed=$((failed + errors))
  # A process that ended badly without naming a failed test (a crash, the time limit) is itself a failure.
  [ "$result" = 0 ] || [ "$failed" -gt 0 ] || failed=1
  printf '%s %s %s\n' "$passed" "$failed" "$skipped" >"$test_folder/results/$name"
  sed -nE 's/^ +([^ ].*) \[FAIL\]$/failed: \1/p' "$log" >>"$test_folder/failed"
  {
    if [ "$failed" -gt 0 ]; then
      [ "$result" = 124 ] && printf '%s: stopped at its limit of %s s\n' "$name" "${AGENTOS_TEST_SECONDS:-1500}"
      failures "$log"
    else
      grep -E -A1 '\[SKIP\]' "$log"
    fi
    printf '%s: %s passed, %s failed, %s skipped, %s s\n' "$name" "$passed" "$failed" "$skipped" "$((SECONDS - start))"
  } >"$log.shown"
  cat "$log.shown"
}

# What a failed test said, without what passing tests and the code under test printed; of a process that named none, its last words.
failures() {
  local told; told=$(awk '/^ +[^ ].* \[(FAIL|PASS|SKIP|NOT RUN)\]$/ { shown = /\[FAIL\]$/ } shown && /^ /' "$1" | head -n 600)
  if [ -n "$told" ]; then printf '%s\n' "$told"; else grep -v '^[[:space:]]*$' "$1" | tail -n 200; fi
}

total() {
  local passed=0 failed=0 skipped=0 p f s file
  for file in "$test_folder"/results/*; do
    [ -f "$file" ] || continue
    read -r p f s <"$file"; passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  done
  [ ! -s "$test_folder/failed" ] || cat "$test_folder/failed"
  end_tests; trap - EXIT
  if [ "$skipped" -gt 0 ]; then printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  else printf '%s passed, %s failed\n' "$passed" "$failed"; fi
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ] && exit 0
  exit 1
}

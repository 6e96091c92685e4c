//! Test results of builds, one report for each step that found some.

use rondo_domain::JobId;
use rondo_domain::run::Test;
use serde_json::{Value, json};

use crate::error::Error;
use crate::tx::{Tx, WriteTx};

fn test(value: &Value) -> Option<Test> {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    Some(Test {
        classname: text("classname")?,
        file: text("file"),
        name: text("name")?,
        result: text("result")?,
        run_time: value["run_time"].as_f64()?,
        message: text("message"),
        source: text("source"),
    })
}

impl Tx {
    /// A job's tests, in the order of their steps.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tests(&mut self, job: JobId) -> Result<Vec<Test>, Error> {
        let sql = "select tests from test_report where job_id = $1 order by ordinal";
        let mut tests = Vec::new();
        for row in self.rows(sqlx::query(sql).bind(job.to_string())).await? {
            let report: Vec<Value> =
                serde_json::from_str(&row.text("tests")?).map_err(|_| Error::Corrupt("tests"))?;
            for value in &report {
                tests.push(test(value).ok_or(Error::Corrupt("tests"))?);
            }
        }
        Ok(tests)
    }
}

impl WriteTx {
    /// Writes the tests that a step found, in place of what it found before.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn put_tests(&mut self, job: JobId, step: i64, tests: &[Test]) -> Result<(), Error> {
        let report: Vec<Value> = tests
            .iter()
            .map(|test| {
                json!({
                    "classname": test.classname, "file": test.file, "name": test.name,
                    "result": test.result, "run_time": test.run_time, "message": test.message,
                    "source": test.source,
                })
            })
            .collect();
        let sql = "insert into test_report (job_id, ordinal, tests) values ($1, $2, $3) \
                   on conflict (job_id, ordinal) do update set tests = $3";
        let text = Value::Array(report).to_string();
        self.run(sqlx::query(sql).bind(job.to_string()).bind(step).bind(text)).await.map(drop)
    }
}

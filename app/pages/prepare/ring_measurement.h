// SPDX-License-Identifier: GPL-3.0-or-later
// Measures a ring of the current scan beside the window and writes what it tells into the study.
#pragma once

#include "app/document/study_document.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"

#include <QObject>

namespace dispersa {

class RingMeasurement : public QObject {
    Q_OBJECT
  public:
    RingMeasurement(StudyDocument& document, TaskRunner& tasks, MessageLog& messages, QObject* parent);

    /// Ellipse of the ring near `radius_px` becomes the study's.
    void measureEllipse(double radius_px);
    /// The ring near `radius_px` lies at `q_invA` (q = 1/d): the detector pixel follows.
    void calibrate(double radius_px, double q_invA);

  Q_SIGNALS:
    void running(bool on);
    void measured(double radius_px); ///< where the ring of calibrate() was found

  private:
    template<class Outcome>
    void start(std::function<Result<Outcome>(const ProgressSink&, std::stop_token)> work,
               std::function<void(const Outcome&)> done);

    StudyDocument& m_document;
    TaskRunner& m_tasks;
    MessageLog& m_messages;
};

} // namespace dispersa

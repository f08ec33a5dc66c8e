// SPDX-License-Identifier: GPL-3.0-or-later
// The messages the user can read back: errors, warnings and notes, each with what it is about.
#pragma once

#include "core/base/error.h"

#include <QDateTime>
#include <QObject>
#include <QString>

#include <vector>

namespace dispersa {

enum class MessageKind { Note, Warning, Error };

/// What opening a message does, beside showing what it is about.
enum class MessageLink { Subject, ScanShape };

struct Message {
    MessageKind kind = MessageKind::Note;
    QString text;   ///< translated sentence
    QString detail; ///< technical text for the tooltip; may be empty
    QString scan;   ///< scan to jump to; may be empty
    QString file;   ///< file to show; may be empty
    QDateTime time;
    MessageLink link = MessageLink::Subject; ///< ScanShape: asks for the grid of `scan`
    QString topic = {}; ///< what may make it void later, see withdraw(); empty: it stays
};

class MessageLog : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;
    const std::vector<Message>& messages() const { return m_messages; }
    void add(Message message);
    /// Adds an error unless it is Cancelled; the sentence comes from app/text.
    void addError(const Error& error, const QString& scan = {}, const QString& topic = {});
    void addWarning(const Warning& warning, const QString& topic = {});
    void addNote(const QString& text);
    void clear();
    /// Takes the messages of a topic away: what they said holds no longer.
    void withdraw(const QString& topic);

  Q_SIGNALS:
    void added(const dispersa::Message& message);
    void cleared();
    void withdrawn(); ///< some messages are gone

  private:
    std::vector<Message> m_messages;
};

} // namespace dispersa
